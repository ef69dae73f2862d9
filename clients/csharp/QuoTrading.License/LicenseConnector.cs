#if NET8_0_OR_GREATER
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>
/// Connects to whichever of a name's addresses answers first (RFC 8305 in spirit): an IPv6 that leads nowhere, or a slow name server, must
/// not cost a session. Names that were looked up before need no answer of the name server's; whose address it is, the certificate says.
/// </summary>
internal sealed class LicenseConnector
{
    /// <summary>How long one address is tried before the next one is tried beside it.</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(0.25);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Task<IPAddress[]>> lookups = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, IPAddress[]> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A test may look names up by itself.</summary>
    internal Func<string, Task<IPAddress[]>> LookUp { get; init; } = Dns.GetHostAddressesAsync;

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    internal async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (tries, tried, waiting) = (new List<Task<Socket>>(), new HashSet<IPAddress>(), new Queue<IPAddress>());
        Task<IPAddress[]>? lookup = FindAsync(host);
        Exception? fault = null;
        try
        {
            while (true)
            {
                if (waiting.TryDequeue(out var address)) tries.Add(TryAsync(address, port, race.Token));
                else if (tries.Count == 0 && lookup is null) throw fault ?? new SocketException((int)SocketError.HostNotFound);

                var done = await FirstAsync(tries, lookup, race.Token).ConfigureAwait(false);
                if (lookup is not null && done == lookup)
                {
                    try
                    {
                        Enqueue(await lookup.ConfigureAwait(false));
                    }
                    catch (Exception failure) when (failure is SocketException or ArgumentException)
                    {
                        fault = failure;
                        Enqueue(known.GetValueOrDefault(host, []));
                    }

                    lookup = null;
                }
                else if (done is Task<Socket> attempt)
                {
                    tries.Remove(attempt);
                    try
                    {
                        return Remember(host, await attempt.ConfigureAwait(false));
                    }
                    catch (Exception failure) when (failure is SocketException or OperationCanceledException)
                    {
                        fault = failure;
                    }
                }
                else if (waiting.Count == 0)
                {
                    Enqueue(known.GetValueOrDefault(host, [])); // the name server takes its time
                }
            }
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            foreach (var late in tries) _ = DropAsync(late);
        }

        void Enqueue(IEnumerable<IPAddress> addresses)
        {
            foreach (var address in Order(addresses, known.GetValueOrDefault(host)?.FirstOrDefault()).Where(tried.Add)) waiting.Enqueue(address);
        }
    }

    /// <summary>The one that worked last, then the families by turns.</summary>
    internal static IEnumerable<IPAddress> Order(IEnumerable<IPAddress> addresses, IPAddress? worked)
    {
        var all = addresses.ToList();
        var byTurns = all.GroupBy(address => address.AddressFamily)
            .SelectMany((family, order) => family.Select((address, turn) => (address, turn, order)))
            .OrderBy(one => one.turn).ThenBy(one => one.order).Select(one => one.address);
        return byTurns.OrderBy(address => address.Equals(worked) ? 0 : 1);
    }

    private static async Task<Task?> FirstAsync(List<Task<Socket>> tries, Task<IPAddress[]>? lookup, CancellationToken cancellationToken)
    {
        var pause = Task.Delay(HeadStart, cancellationToken);
        Task[] all = lookup is null ? [.. tries, pause] : [.. tries, lookup, pause];
        var first = await Task.WhenAny(all).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return first == pause ? null : first;
    }

    /// <summary>One look-up of a name at a time, left behind by whom it takes too long.</summary>
    private Task<IPAddress[]> FindAsync(string host)
    {
        if (IPAddress.TryParse(host, out var address)) return Task.FromResult(new[] { address });
        return lookups.AddOrUpdate(host, LookUp, (name, running) => running.IsCompleted ? LookUp(name) : running);
    }

    private static async Task<Socket> TryAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The other end is gone without a word: the system finds out.</summary>
    private static void KeepAlive(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
        catch (SocketException)
        {
            // Not every system has them.
        }
    }

    private Socket Remember(string host, Socket socket)
    {
        var worked = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        var others = lookups.TryGetValue(host, out var lookup) && lookup.IsCompletedSuccessfully ? lookup.GetAwaiter().GetResult() : known.GetValueOrDefault(host, []);
        known[host] = [worked, .. others.Where(address => !address.Equals(worked))];
        return socket;
    }

    private static async Task DropAsync(Task<Socket> late)
    {
        try
        {
            (await late.ConfigureAwait(false)).Dispose();
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // It came to nothing anyway.
        }
    }
}
#endif
