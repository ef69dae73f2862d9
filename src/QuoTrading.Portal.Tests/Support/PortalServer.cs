using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>
/// The whole portal in this process, listening on a real port, on a real database file in a folder of its own. Its clocks are the
/// test's; disposing it removes the folder.
/// </summary>
public sealed class PortalServer : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> settings = new(StringComparer.Ordinal);
    private readonly bool realTime;
    private bool keepFolder;

    private PortalServer(string folder, FakeTime time, bool realTime)
    {
        Folder = folder;
        Time = time;
        this.realTime = realTime;
    }

    public string Folder { get; }

    public FakeTime Time { get; }

    /// <summary>What it has logged.</summary>
    public LogReading Logs { get; } = new();

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    internal SessionRegistry Registry => Services.GetRequiredService<SessionRegistry>();

    internal ISessionService Service => Services.GetRequiredService<ISessionService>();

    public static Actor Admin { get; } = new(ActorKind.Person, "admin@example.com", PortalRole.Administrator, "127.0.0.1");

    /// <param name="settings">Of the installation, as in the environment: <c>Portal:AllowShortTimeouts</c>, …</param>
    /// <param name="realTime">True for browsers: they do not wait for a fake clock.</param>
    /// <param name="folder">Of a server that stopped before, to go on with its database.</param>
    public static async Task<PortalServer> StartAsync(IReadOnlyDictionary<string, string>? settings = null, bool realTime = false, string? folder = null, FakeTime? time = null)
    {
        var server = new PortalServer(folder ?? Directory.CreateTempSubdirectory("portal-test-").FullName, time ?? new FakeTime(), realTime);
        foreach (var (key, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal)) server.settings[key] = value;
        server.UseKestrel(0);
        server.StartServer();
        server.Address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        server.Http = new HttpClient { BaseAddress = server.Address };
        // Until then nobody who guesses is refused.
        await server.Services.GetRequiredService<KnownDevices>().ExecuteTask!;
        return server;
    }

    /// <summary>A new license's key, made as the command line makes it.</summary>
    public async Task<string> CreateKeyAsync(string email = "ada@example.com", int seats = 1, string plan = "MONTHLY", LicenseTerm? term = null) =>
        (await CreateLicenseAsync(email, seats, plan, term)).Key;

    public async Task<IssuedLicense> CreateLicenseAsync(string email = "ada@example.com", int seats = 1, string plan = "MONTHLY", LicenseTerm? term = null)
    {
        var outcome = await Services.GetRequiredService<LicenseIssuer>().IssueAsync(Admin, new LicenseOrder(email, term ?? new LicenseTerm.Days(30), plan, seats));
        return ((IssueOutcome.Issued)outcome).Licenses.Single();
    }

    /// <summary>Changes a license as a person does: suspend, cancel, seats, …</summary>
    public async Task ChangeLicenseAsync(long licenseId, LicenseChange change)
    {
        var outcome = await Services.GetRequiredService<LicenseService>().ChangeAsync(Admin, licenseId, change);
        if (outcome is not (LicenseOutcome.Changed or LicenseOutcome.Unchanged)) throw new InvalidOperationException(outcome.ToString());
    }

    /// <summary>Posts a body of these members and reads the answer.</summary>
    /// <param name="from">The address that a proxy says it comes from; null: no proxy.</param>
    public Task<Answered> PostAsync(string path, object body, string? from = null) => PostRawAsync(path, JsonContent.Create(body), from);

    public async Task<Answered> PostRawAsync(string path, HttpContent body, string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = body };
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        using var response = await Http.SendAsync(request);
        return await Answered.ReadAsync(response);
    }

    /// <summary>The setting with which <see cref="ClientDevice.From"/> is believed.</summary>
    public static KeyValuePair<string, string> BelievesProxy { get; } = new("Portal:KnownProxies:0", "127.0.0.1");

    /// <summary>An HTTP client that carries a token of this role.</summary>
    public async Task<HttpClient> CreateScriptAsync(PortalRole role)
    {
        var made = await Services.GetRequiredService<ApiTokens>().CreateAsync(Admin, $"{role}-{Guid.NewGuid():N}", role);
        var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ((TokenCreation.Created)made).Token);
        return http;
    }

    /// <summary>Time passes as it does on a server that runs: in steps, with a look at the clock and at what is due in each.</summary>
    public async Task PassAsync(double seconds)
    {
        var left = TimeSpan.FromSeconds(seconds);
        while (left > TimeSpan.Zero)
        {
            var step = left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
            Time.Advance(step);
            await Services.GetRequiredService<SessionSweeper>().TickAsync();
            left -= step;
        }

        // The server's own look at the clock may have been first, and be writing yet what it found due.
        await Services.GetRequiredService<Writer>().RunAsync(_ => Task.FromResult(true));
    }

    /// <summary>Stops the server and leaves its folder for the next.</summary>
    public async Task<string> StopAsync()
    {
        keepFolder = true;
        await DisposeAsync();
        return Folder;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Portal:DataDirectory", Folder);
        // Or they would be made whenever a test lets a minute pass.
        builder.UseSetting("Portal:Backups:Enabled", "false");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs));
        builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<SigningKeyMaker>(new QuickKeyMaker())));
        if (!realTime) builder.ConfigureServices(services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time)));
    }

    public override async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await base.DisposeAsync();
        if (keepFolder) TestFolder.CloseFiles();
        else TestFolder.Delete(Folder);
        GC.SuppressFinalize(this);
    }
}

/// <summary>A status, the JSON, and what says how long to wait.</summary>
public sealed record Answered(int Status, JsonObject Json, int? RetryAfter, string Text)
{
    public static async Task<Answered> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        var json = text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : [];
        return new Answered((int)response.StatusCode, json, (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds, text);
    }

    public string? Get(string name) => Json[name]?.ToString();
}
