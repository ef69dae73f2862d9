using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>
/// <c>hold-streams PORT KEYS FROM COUNT</c>: holds a session stream for each of so many licenses of a file of keys, from number FROM
/// on, until it is killed. Says on a line each: <c>open N SESSION</c>, <c>refused N STATUS</c>, <c>event N NAME TICKS</c>,
/// <c>closed N</c>, and <c>ready</c> when all were asked for. Ticks are those of <see cref="Stopwatch"/>: one clock for all processes.
/// </summary>
internal static partial class StreamHolder
{
    private const int AtOnce = 32;
    private const int MatchMilliseconds = 1000;

    public static async Task<int> RunAsync(string port, string keys, string from, string count)
    {
        var first = int.Parse(from, CultureInfo.InvariantCulture);
        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        var mine = File.ReadLines(keys).Skip(first).Take(int.Parse(count, CultureInfo.InvariantCulture)).Select((key, at) => (Key: key, Number: first + at));
        await Parallel.ForEachAsync(mine, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (one, cancel) =>
        {
            var opened = new TaskCompletionSource();
            _ = HoldAsync(server, one.Key, one.Number, opened);
            await opened.Task.WaitAsync(cancel);
        });
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private static async Task HoldAsync(IPEndPoint server, string key, int number, TaskCompletionSource opened)
    {
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server);
            var body = $$"""{"license_key":"{{key}}","device_fingerprint":"{{number + 1:x16}}"}""";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /api/session/stream HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            var (buffer, text) = (new byte[1024], "");
            while (await socket.ReceiveAsync(buffer) is > 0 and var come)
            {
                var now = Stopwatch.GetTimestamp();
                text += Encoding.UTF8.GetString(buffer, 0, come);
                if (!opened.Task.IsCompleted && Status().Match(text) is { Success: true } status && status.Groups["status"].Value != "200")
                {
                    Console.WriteLine($"refused {number} {status.Groups["status"].Value}");
                    return;
                }

                foreach (Match what in Event().Matches(text))
                {
                    if (what.Groups["name"].Value == "hello") Console.WriteLine($"open {number} {Session().Match(what.Value).Groups["id"].Value}");
                    else Console.WriteLine($"event {number} {what.Groups["name"].Value} {now}");
                    opened.TrySetResult();
                }

                // What is left is the beginning of an event.
                text = text[(text.LastIndexOf("\n\n", StringComparison.Ordinal) is >= 0 and var end ? end + 2 : 0)..];
            }

            Console.WriteLine($"closed {number}");
        }
        catch (SocketException lost)
        {
            Console.WriteLine($"refused {number} {lost.SocketErrorCode}");
        }
        finally
        {
            opened.TrySetResult();
        }
    }

    [GeneratedRegex(@"^HTTP/1\.1 (?<status>\d+)", RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex Status();

    [GeneratedRegex(@"event: (?<name>\w+)\ndata: [^\n]*\n\n", RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex Event();

    [GeneratedRegex("\"session_id\":\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex Session();
}
