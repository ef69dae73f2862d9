namespace QuoTrading.Portal.Demo;

/// <summary>A launcher and its bot on one machine, as customers run them: they log in, send heartbeats, crash, and come back.</summary>
internal sealed class DemoClient(HttpClient http, DemoCustomer customer, DemoMachine machine, string symbol, Random random, TimeProvider time)
{
    private const string App = "bot";

    private decimal position;
    private decimal profit;
    private decimal total;

    /// <summary>Simulates one day after the other, each some minutes long.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await PauseAsync(random.Next(0, 40), cancel);
        while (true)
        {
            if (await LogInAsync(cancel)) await TradeAsync(cancel);
            await PauseAsync(random.Next(40, 400), cancel);
        }
    }

    /// <summary>Simulates another person's device that tries to log in again and again.</summary>
    public async Task InsistAsync(CancellationToken cancel)
    {
        while (true)
        {
            await PauseAsync(random.Next(30, 240), cancel);
            if (!await LogInAsync(cancel)) continue;
            await PauseAsync(random.Next(20, 60), cancel);
            await AskAsync("/api/session/release", new { license_key = customer.Key, device_fingerprint = Device }, cancel);
        }
    }

    private string Device => machine.FingerprintOf(symbol);

    private async Task<bool> LogInAsync(CancellationToken cancel)
    {
        var launcher = await AskAsync("/api/validate-license", new { license_key = customer.Key, device_fingerprint = Device, check_only = true }, cancel);
        if (launcher != 200 && random.Next(3) > 0) return false;
        return await AskAsync("/api/validate-license", new { license_key = customer.Key, device_fingerprint = Device, symbol, device_name = machine.Name, bot_version = "2.0.0", app = App }, cancel) == 200;
    }

    // Half of the bots use the client library that holds a stream: when such a bot crashes, its license is free within seconds.
    private async Task TradeAsync(CancellationToken cancel)
    {
        using var crash = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var stream = random.Next(2) == 0 ? HoldStreamAsync(crash.Token) : Task.CompletedTask;
        try
        {
            await BeatAsync(cancel);
        }
        finally
        {
            await crash.CancelAsync();
            await stream;
        }
    }

    private async Task HoldStreamAsync(CancellationToken cancel)
    {
        using var request = Request("/api/session/stream", new { license_key = customer.Key, device_fingerprint = Device, app = App });
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.IsSuccessStatusCode) await response.Content.CopyToAsync(Stream.Null, cancel);
        }
        catch (Exception gone) when (gone is OperationCanceledException or HttpRequestException or IOException)
        {
            // The simulated crash, or the portal stops.
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        (position, profit, total) = (0, 0, 0);
        for (var beats = random.Next(20, 400); beats > 0; beats--)
        {
            await PauseAsync(random.Next(8, 13), cancel);
            Trade();
            var status = await AskAsync("/api/heartbeat", new
            {
                license_key = customer.Key,
                device_fingerprint = Device,
                symbol,
                device_name = machine.Name,
                bot_version = "2.0.0",
                app = App,
                status = random.Next(12) == 0 ? "idle" : "online",
                metadata = new { symbol, session_pnl = total + profit, current_position = position, position_pnl = profit, total_trades = beats },
            }, cancel);
            if (status == 403) return;
        }

        // Most end with a release; some crash, and time out.
        if (random.Next(4) > 0) await AskAsync("/api/session/release", new { license_key = customer.Key, device_fingerprint = Device }, cancel);
    }

    private void Trade()
    {
        if (position == 0)
        {
            if (random.Next(6) == 0) position = random.Next(1, 4) * (random.Next(2) == 0 ? 1 : -1);
            return;
        }

        profit += Math.Round((decimal)((random.NextDouble() - 0.48) * 60), 2);
        if (random.Next(10) > 0) return;
        total += profit;
        (position, profit) = (0, 0);
    }

    /// <returns>The HTTP status code; 0 if no answer came.</returns>
    private async Task<int> AskAsync(string path, object body, CancellationToken cancel)
    {
        using var request = Request(path, body);
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The portal stops or is not reachable; the next request tries again.
            return 0;
        }
    }

    private HttpRequestMessage Request(string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Forwarded-For", machine.Address);
        return request;
    }

    private Task PauseAsync(int seconds, CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(seconds), time, cancel);
}
