using System.Net;
using System.Net.Sockets;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>The way from a client to a portal, on a port of its own: it can be pulled, broken, or lead to somebody else's page.</summary>
public sealed class Cable : IAsyncDisposable
{
    private static readonly byte[] Page = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 21\r\nConnection: close\r\n\r\n<h1>Welcome back</h1>"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource gone = new();
    private readonly Lock changing = new();
    private readonly List<(TcpClient Client, TcpClient Server)> open = [];
    private readonly HashSet<TcpClient> forgotten = [];
    private readonly int port;
    private readonly Task accepting;
    private volatile Way way;

    public Cable(Uri portal)
    {
        port = portal.Port;
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    private enum Way
    {
        Through,
        Nowhere,
        Closed,
        SomebodyElse,
    }

    public Uri Address { get; }

    /// <summary>Nothing gets through, and neither side is told; connections made meanwhile are accepted and hear nothing.</summary>
    public void Pull() => way = Way.Nowhere;

    /// <summary>Each connection that is open breaks, and each new one.</summary>
    public void Cut() => Turn(Way.Closed);

    /// <summary>As by a router that restarts: the server sees each connection that is open break, and the client hears nothing. New ones get through.</summary>
    public void Forget()
    {
        lock (changing)
        {
            foreach (var (client, server) in open)
            {
                forgotten.Add(client);
                server.Close();
            }
        }
    }

    /// <summary>Somebody between them answers everything with a page of his own, as a hotel's network does.</summary>
    public void LeadToSomebodyElse() => Turn(Way.SomebodyElse);

    /// <summary>New connections get through again; those from before break.</summary>
    public void Mend() => Turn(Way.Through);

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        gone.Dispose();
    }

    private void Turn(Way to)
    {
        lock (changing)
        {
            way = to;
            foreach (var (client, server) in open)
            {
                client.Close();
                server.Close();
            }

            open.Clear();
        }
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        while (!gone.IsCancellationRequested)
        {
            try
            {
                served.Add(ServeAsync(await listener.AcceptTcpClientAsync(gone.Token)));
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(served);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, gone.Token);
            lock (changing)
            {
                if (way == Way.Closed) return;
                open.Add((client, server));
            }

            if (way == Way.SomebodyElse)
            {
                await client.GetStream().ReadExactlyAsync(new byte[1], gone.Token);
                await client.GetStream().WriteAsync(Page, gone.Token);
                return;
            }

            var sending = CarryAsync(client, server);
            await Task.WhenAny(sending, CarryAsync(server, client));
            if (IsForgotten(client)) await sending; // until the client gives it up
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Broken, which is what it is for.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[8192];
        while (await from.GetStream().ReadAsync(buffer, gone.Token) is var read and > 0)
        {
            // What a pulled cable swallowed is lost; TCP would repeat it, but a client must not count on that.
            if (way == Way.Through && !IsForgotten(from)) await to.GetStream().WriteAsync(buffer.AsMemory(0, read), gone.Token);
        }
    }

    private bool IsForgotten(TcpClient client)
    {
        lock (changing) return forgotten.Contains(client);
    }
}
