using System.Diagnostics;
using System.Globalization;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>What one load came to.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Bad">Answers that were no 2xx, and requests without an answer.</param>
internal sealed record Figures(long Requests, double PerSecond, double P50, double P99, long Bad);

/// <summary>The load: <c>wrk</c>, one thread, in a process of its own.</summary>
internal static class Wrk
{
    /// <summary>The shapes of load. Each is a Lua function <c>next(i)</c> that says what request number i asks, of license <c>(i mod n) + 1</c>.</summary>
    internal const string Heartbeats = "function next(i) return '/api/heartbeat', math.random(n), nil end";

    /// <summary>Heartbeats whose answers are to be signed, each with a nonce of its own.</summary>
    internal const string Signed = "signed = true\n" + Heartbeats;

    // Whoever is released logged in 512 requests before: with 64 connections that is answered long since.
    internal const string Pairs = """
        function next(i)
          local turn, half = math.floor(i / 2), i % 2
          if half == 0 then return '/api/validate-license', turn % n + 1, nil end
          return '/api/session/release', (turn - 256) % n + 1, nil
        end
        """;

    // Two devices, one after the other on two connections: both are under way at once.
    internal const string Races = "function next(i) return '/api/validate-license', math.floor(i / 2) % n + 1, i % 2 end";

    private const string Frame = """
        local keys = {}
        for line in io.lines(os.getenv('PORTAL_KEYS')) do keys[#keys + 1] = line end
        n = #keys
        local body = '{"license_key":"%s","device_fingerprint":"%016x","bot_version":"2.0.0","status":"online",' ..
          '"metadata":{"symbol":"ES","shadow_mode":false,"session_pnl":%.2f,"total_trades":3,"winning_trades":2,' ..
          '"losing_trades":1,"win_rate":66.7,"current_position":1,"position_pnl":4.25}}'
        local headers = { ['Content-Type'] = 'application/json' }
        if os.getenv('PORTAL_CLOSE') then headers['Connection'] = 'close' end
        local count = tonumber(os.getenv('PORTAL_FROM') or '0')

        function request()
          local path, license, rival = next(count)
          count = count + 1
          local device = license + (rival or 0) * 1000000000
          local text = body:format(keys[license], device, license % 100)
          if signed then text = text:sub(1, -2) .. string.format(',"nonce":"bench-nonce-%012d"}', count) end
          return wrk.format('POST', path, headers, text)
        end

        function done(summary, latency)
          local e = summary.errors
          io.write(string.format('FIGURES %d %d %.0f %.0f %d\n', summary.requests, summary.duration,
            latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
        end
        """;

    /// <param name="from">The number of the first request: loads that go on where another ended.</param>
    /// <param name="isClosing">Each request comes on a connection of its own.</param>
    public static async Task<Figures> RunAsync(Uri address, string shape, string keysFile, TimeSpan time, long from = 0, bool isClosing = false, int connections = 64)
    {
        Tools.Need("wrk");
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, shape + "\n" + Frame);
            var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{time.TotalSeconds:F0}s", "--timeout", "10s", "-s", script, address.ToString()])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PORTAL_KEYS"] = keysFile, ["PORTAL_FROM"] = from.ToString(CultureInfo.InvariantCulture) },
            };
            if (isClosing) start.Environment["PORTAL_CLOSE"] = "1";
            using var wrk = Process.Start(start)!;
            var errors = wrk.StandardError.ReadToEndAsync();
            var said = await wrk.StandardOutput.ReadToEndAsync();
            await wrk.WaitForExitAsync();
            return Read(said) ?? throw new InvalidOperationException($"wrk: {said}{await errors}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static Figures? Read(string said)
    {
        var line = said.Split('\n').FirstOrDefault(text => text.StartsWith("FIGURES ", StringComparison.Ordinal));
        if (line is null) return null;
        var numbers = line.Split(' ').Skip(1).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToList();
        var requests = (long)numbers[0];
        return new Figures(requests, requests / (numbers[1] / 1e6), numbers[2] / 1000, numbers[3] / 1000, (long)numbers[4]);
    }
}
