using System.Net.ServerSentEvents;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>One open session stream, on a connection of its own.</summary>
public sealed class StreamLine : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> events;
    private readonly CancellationTokenSource dropping;
    private readonly HeardStream bytes;

    /// <summary>docs/protocol.md, Half-open connections: 1.75 × <c>keepalive_seconds</c>.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3.5);

    private StreamLine(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events, HeardStream bytes, CancellationTokenSource dropping)
    {
        this.bytes = bytes;
        this.response = response;
        this.events = events;
        this.dropping = dropping;
    }

    /// <summary>Reads what the stream says first.</summary>
    /// <exception cref="IOException">It said nothing.</exception>
    public static async Task<(StreamLine Line, string Hello)> BeginAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var drop = new CancellationTokenSource();
        var heard = new HeardStream(await response.Content.ReadAsStreamAsync(cancel));
        var said = SseParser.Create(heard).EnumerateAsync(drop.Token).GetAsyncEnumerator(CancellationToken.None);
        var line = new StreamLine(response, said, heard, drop);
        try
        {
            await using var impatient = cancel.Register(line.Drop);
            if (await said.MoveNextAsync() && said.Current.EventType == "hello") return (line, said.Current.Data);
            throw new IOException("The stream ended before it said hello.");
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    /// <summary>Called each time that something comes of it; comments, which are no events, count.</summary>
    public void OnHeard(Action told) => bytes.OnHeard = told;

    /// <summary>The next event; null where the connection has ended, whoever ended it.</summary>
    public async Task<(string Name, string Data)?> NextAsync()
    {
        try
        {
            return await events.MoveNextAsync() ? (events.Current.EventType, events.Current.Data) : null;
        }
        catch (Exception ended) when (ended is IOException or HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Closes the connection without a word. A read that waits ends.</summary>
    public void Drop() => dropping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await events.DisposeAsync();
        response.Dispose();
        dropping.Dispose();
    }
}
