using System.Net.Sockets;
using System.Text;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>What no honest client sends: it is refused or cut off, costs nothing that stays, and disturbs nobody.</summary>
internal sealed class Malformed : IFault
{
    private const int InOnePass = 6000;
    private const int Slow = 40;
    private const int Workers = 16;

    // Between two equal passes; more would be a leak that a day makes large.
    private const int MostGrowthMegabytes = 48;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Name => "malformed";

    public string What => $"{2 * InOnePass:N0} requests malformed, oversized, mistyped, deeply nested, not UTF-8, truncated; {Slow} more at one byte a second";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var key = (await bed.CreateKeysAsync(1))[0];
        var told = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var good = new Latencies();
        var before = Tools.MegabytesOf(bed.Portal.Id);

        var honest = new Ongoing(TimeSpan.FromMilliseconds(20), async () =>
        {
            var reply = await bed.LogInAsync(key, "A");
            judgement.Expect(reply.Status == 200, $"a good login was told {reply.Status} {reply.Text}");
            good.Add(reply.Took);
        });
        var slow = Enumerable.Range(0, Slow).Select(i => SendSlowlyAsync(bed, $"127.0.4.{i + 1}")).ToList();
        var afterFirst = 0;
        for (var pass = 0; pass < 2; pass++)
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(bed, key, new Lot(run.Seed, (pass * Workers) + worker), told, judgement))));
            if (pass == 0) afterFirst = Tools.MegabytesOf(bed.Portal.Id);
            run.Say($"pass {pass + 1}: {Tools.MegabytesOf(bed.Portal.Id)} MB");
        }

        var after = Tools.MegabytesOf(bed.Portal.Id);
        await honest.EndAsync();
        var cut = await Task.WhenAll(slow);
        judgement.Expect(cut.All(end => end is "closed" || end.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)), $"a slow request ended with {cut.FirstOrDefault(end => end != "closed")}");
        judgement.Expect(after - afterFirst <= MostGrowthMegabytes, $"memory grew by {after - afterFirst} MB in the second pass");
        return judgement.Finish($"{string.Join(", ", told.Select(t => $"{t.Value:N0} × {t.Key}"))}; {Slow} slow ones all cut off; memory {before} MB before, {afterFirst} after half, {after} at the end; {good.Count:N0} good logins meanwhile, {good}");
    }

    private static async Task WorkAsync(Bed bed, string key, Lot lot, SortedDictionary<string, int> told, Judgement judgement)
    {
        for (var i = 0; i < InOnePass / Workers; i++)
        {
            var (request, ends) = BadRequests.Make(key, lot);
            var status = await SendAsync(bed, request, ends, $"127.0.4.{1 + lot.Below(200)}");
            lock (told) told[status] = told.GetValueOrDefault(status) + 1;
            // 505 is HTTP's own word for a version that nobody knows.
            judgement.Expect(status is "closed" or "505" || status.StartsWith('4'), $"told {status}: {Encoding.Latin1.GetString(request[..Math.Min(300, request.Length)]).ReplaceLineEndings(" ")}");
        }
    }

    // By hand: an HTTP client would not send most of this.
    private static async Task<string> SendAsync(Bed bed, byte[] request, bool ends, string from)
    {
        using var socket = await Bed.ConnectAsync(from, bed.Portal.Address.Port);
        try
        {
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(request);
            if (ends) socket.Shutdown(SocketShutdown.Send);
            return await ReadStatusAsync(stream);
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return "closed";
        }
    }

    private static async Task<string> ReadStatusAsync(NetworkStream stream)
    {
        var answer = new byte[16];
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var read = await stream.ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, patience.Token);
            return read >= 12 ? Encoding.ASCII.GetString(answer, 9, 3) : "closed";
        }
        catch (OperationCanceledException)
        {
            return "no answer";
        }
    }

    private static async Task<string> SendSlowlyAsync(Bed bed, string from)
    {
        using var socket = await Bed.ConnectAsync(from, bed.Portal.Address.Port);
        await using var stream = new NetworkStream(socket);
        var request = "POST /api/main HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{\"license_key\":\""u8.ToArray();
        try
        {
            await stream.WriteAsync(request);
            for (var i = 0; i < 60; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                await stream.WriteAsync("x"u8.ToArray());
                if (socket.Available == 0) continue;
                return "HTTP/1.1 " + await ReadStatusAsync(stream);
            }

            return "nothing, for a minute";
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return "closed";
        }
    }
}
