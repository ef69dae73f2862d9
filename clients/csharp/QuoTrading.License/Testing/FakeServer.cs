using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading.Testing;

/// <summary>The HTTP of a <see cref="FakePortal"/>, with one request a connection. HttpListener would have to guess a free port.</summary>
#pragma warning disable CA1001 // CloseAsync stops what there is to stop, and whoever is late may still ask
internal sealed class FakeServer
#pragma warning restore CA1001
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(1), LongestSilence = TimeSpan.FromMinutes(1);

    private readonly FakePortal portal;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, Task> open = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Task accepting;

    /// <exception cref="SocketException">There is no free port.</exception>
    public FakeServer(FakePortal portal)
    {
        this.portal = portal;
        listener.Start();
        Address = FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>Streams are ended properly; whoever reads nothing any more is not waited for.</summary>
    public async Task CloseAsync()
    {
        closing.Cancel();
        listener.Stop();
        await accepting.ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(open.Values), Task.Delay(LongestFarewell)).ConfigureAwait(false);
        foreach (var late in open.Keys) late.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync().ConfigureAwait(false);
                var serving = open[client] = Task.Run(() => ServeAsync(client));
                _ = serving.ContinueWith(_ => open.TryRemove(client, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // It was stopped, or a client went away before it was there.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                using var stream = client.GetStream();
                var line = new FakeConnection(stream);
                if (await line.ReadAsync().ConfigureAwait(false)) await AnswerAsync(line).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // A client that goes away is no fault.
        }
    }

    private async Task AnswerAsync(FakeConnection line)
    {
        if (line.Fault is { } fault)
        {
            await line.WriteAsync(fault.Status, new JsonObject { ["status"] = "error", ["message"] = fault.Message, ["code"] = fault.Code }.Bytes(), null).ConfigureAwait(false);
            return;
        }

        portal.Record(line.Path, line.Asked);
        if (portal.IsSilent)
        {
            await Task.Delay(LongestSilence, closing.Token).ConfigureAwait(false);
            return;
        }

        var answer = portal.Decide(line.Path, line.Asked);
        var body = answer.Body.Bytes();
        var proof = portal.Sign(line.Path, line.Asked, answer.Status, body);
        if (answer.Stream is null) await line.WriteAsync(answer.Status, body, proof).ConfigureAwait(false);
        else await StreamAsync(line, answer, proof).ConfigureAwait(false);
    }

    private async Task StreamAsync(FakeConnection line, FakeAnswer answer, JsonObject? proof)
    {
        var stream = answer.Stream!;
        try
        {
            await line.BeginAsync().ConfigureAwait(false);
            await line.SayAsync(Event("hello", answer.Body.ToJsonString()) + (proof is null ? "" : Event("proof", proof.ToJsonString()))).ConfigureAwait(false);
            await GoOnAsync(line, stream).ConfigureAwait(false);
            await line.EndAsync().ConfigureAwait(false);
        }
        finally
        {
            portal.Leave(stream);
        }
    }

    /// <summary>Until it is logged out, or the portal is closed.</summary>
    private async Task GoOnAsync(FakeConnection line, FakeStream stream)
    {
        while (true)
        {
            try
            {
                await stream.WaitAsync(portal.Keepalive, closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (portal.IsSilent) continue;
            await line.SayAsync(stream.Farewell is { } farewell ? Event("logged_out", farewell) : ":\n\n").ConfigureAwait(false);
            if (stream.Farewell is not null) return;
        }
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
