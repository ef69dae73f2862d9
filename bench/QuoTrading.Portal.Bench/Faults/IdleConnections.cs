using System.Diagnostics;
using System.Net.Sockets;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Connections that say nothing: they cost little, keep nobody out, and are closed after a while.</summary>
internal sealed class IdleConnections : IFault
{
    private const int Count = 10_000;
    private const int Addresses = 100;
    private const int MostMegabytes = 400;

    // The server's keep-alive timeout, 130 s, and what it needs to go through all of them.
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromSeconds(150);

    public string Name => "idle-connections";

    public string What => $"{Count:N0} connections from {Addresses} addresses are opened and say nothing";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        if (OpenFiles() < Count + 1000) throw new NotRunException($"a process may have {OpenFiles():N0} files open here");
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var key = (await bed.CreateKeysAsync(1))[0];
        await bed.LogInAsync(key, "A");
        var before = Tools.MegabytesOf(bed.Portal.Id);
        var sockets = new List<Socket>(Count);
        try
        {
            for (var i = 0; i < Count; i++) sockets.Add(await Bed.ConnectAsync($"127.0.5.{1 + (i % Addresses)}", bed.Portal.Address.Port));
            var watch = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromSeconds(2));
            var during = Tools.MegabytesOf(bed.Portal.Id);
            var good = new Latencies();
            for (var i = 0; i < 100; i++)
            {
                // Each from an address of its own: a new connection each.
                var reply = await bed.LogInAsync(key, "A", $"127.0.6.{i + 1}");
                judgement.Expect(reply.Status == 200, $"a good login was told {reply.Status}");
                good.Add(reply.Took);
            }

            var open = Count;
            while (open > 0 && watch.Elapsed < ClosedWithin)
            {
                await Task.Delay(1000);
                // Closed by the other side: readable, with nothing to read.
                open = sockets.Count(socket => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0));
            }

            var closed = watch.Elapsed;
            var after = Tools.MegabytesOf(bed.Portal.Id);
            judgement.Expect(during - before < MostMegabytes, $"they cost {during - before} MB");
            judgement.Expect(open == 0, $"{open:N0} were still open after {closed.TotalSeconds:F0} s");
            return judgement.Finish($"memory {before} MB before, {during} MB with them, {after} MB after; 100 good logins on new connections meanwhile, {good}; all closed by the server after {closed.TotalSeconds:F0} s");
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    // The runtime raises its own limit to the hard one at start, and the portal's runtime does the same.
    private static int OpenFiles()
    {
        var line = File.ReadLines("/proc/self/limits").First(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], out var files) ? files : int.MaxValue;
    }
}
