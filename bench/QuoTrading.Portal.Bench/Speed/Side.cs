using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using QuoTrading.Portal.Bench.Faults;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>A server under load: the portal as it is published, or the floor.</summary>
internal abstract class Side : IAsyncDisposable
{
    public abstract Uri Address { get; }

    public abstract int Id { get; }

    /// <summary>Seconds of processor time that the process has had so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            using var process = Process.GetProcessById(Id);
            return process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Resident memory, MiB.</summary>
    public int Megabytes => Tools.MegabytesOf(Id);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The floor, a process of its own.</summary>
internal sealed class FloorSide : Side
{
    private readonly Process process;

    private FloorSide(Process process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public override Uri Address { get; }

    public override int Id => process.Id;

    public static async Task<FloorSide> StartAsync()
    {
        var port = PortalUnderTest.FindPort();
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Floor).Assembly.Location, "floor", port.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var started = Process.Start(start)!;
        while (await started.StandardOutput.ReadLineAsync() is { } line)
            if (line.Contains("Now listening", StringComparison.Ordinal)) return new FloorSide(started, new Uri($"http://127.0.0.1:{port}"));
        throw new InvalidOperationException("The floor ended before it listened.");
    }

    public override async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}

/// <summary>The portal, with licenses whose keys are in a file.</summary>
internal sealed class PortalSide : Side
{
    private static readonly Dictionary<string, string> AsInstalled = new(StringComparer.Ordinal)
    {
        ["Portal__Limits__LicenseBurst"] = "50",
        ["Portal__Limits__LicensePerSecond"] = "10",
        ["Portal__Limits__DeviceBurst"] = "30",
        ["Portal__Limits__DevicePerSecond"] = "2",
        ["Portal__Limits__NewDevicesPerSeatAndDay"] = "50",
        ["Portal__Limits__SessionsPerSeatAndDay"] = "5000",
        ["Portal__Limits__UnknownKeyBurst"] = "100",
        ["Portal__Limits__UnknownKeysPerMinute"] = "20",
    };

    private PortalSide(PortalUnderTest portal) => Portal = portal;

    public PortalUnderTest Portal { get; }

    public override Uri Address => Portal.Address;

    public override int Id => Portal.Id;

    /// <summary>The file with a key on each line.</summary>
    public string Keys => Path.Combine(Portal.Folder, "keys.txt");

    public string Database => Path.Combine(Portal.Folder, "portal.db");

    /// <param name="program">Of the published portal.</param>
    /// <param name="under">A program that starts it, with its arguments.</param>
    public static async Task<PortalSide> StartAsync(string program, int licenses, IReadOnlyList<string>? under = null)
    {
        var side = new PortalSide(new PortalUnderTest(program, settings: AsInstalled, under: under));
        try
        {
            await side.Portal.StartAsync();
            await File.WriteAllTextAsync(side.Keys, await side.Portal.RunAsync("license", "create", "--email", "bench@example.com", "--count", licenses.ToString(CultureInfo.InvariantCulture)));
            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the devices of the first licenses log in, as the load names them.</summary>
    public async Task LogInAsync(int count)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 64 }) { BaseAddress = Address };
        var keys = File.ReadLines(Keys).Take(count).Select((key, at) => (Key: key, Device: at + 1));
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (one, cancel) =>
        {
            using var body = new StringContent($$"""{"license_key":"{{one.Key}}","device_fingerprint":"{{one.Device:x16}}"}""", Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("/api/validate-license", UriKind.Relative), body, cancel);
            response.EnsureSuccessStatusCode();
        });
    }

    /// <returns>An administrator's API token.</returns>
    public async Task<string> CreateTokenAsync() => (await Portal.RunAsync("token", "create", "--name", "bench", "--role", "Administrator")).Trim();

    /// <param name="json">The settings to change.</param>
    public async Task ChangeSettingsAsync(string json)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await CreateTokenAsync());
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var changed = await http.PutAsync(new Uri("/api/admin/settings", UriKind.Relative), body);
        changed.EnsureSuccessStatusCode();
    }

    public override ValueTask DisposeAsync() => Portal.DisposeAsync();
}
