using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>A client that holds a session stream open, on a connection of its own. Disposing it drops the connection.</summary>
public sealed class StreamClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient http;
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private StreamClient(HttpClient http, HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events)
    {
        this.http = http;
        this.response = response;
        this.events = events;
    }

    public HttpResponseMessage Response => response;

    /// <summary>Opens it and reads <c>hello</c>.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public static async Task<StreamClient> OpenAsync(ClientDevice device, string? app = null)
    {
        var connection = new HttpClient { BaseAddress = device.Portal.Address };
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["license_key"] = device.Key, ["device_fingerprint"] = device.Fingerprint };
        if (app is not null) body["app"] = app;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/session/stream", UriKind.Relative)) { Content = JsonContent.Create(body) };
        var answer = await connection.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
        var client = new StreamClient(connection, answer, SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
        var (name, data) = await client.NextAsync();
        client.Hello = name == "hello" ? data : throw new InvalidOperationException($"The first event was {name}.");
        return client;
    }

    /// <summary>The data of the first event.</summary>
    public JsonObject Hello { get; private set; } = [];

    /// <summary>The next event; the name is null where the server has closed the stream.</summary>
    public async Task<(string? Name, JsonObject Data)> NextAsync() => await events.MoveNextAsync().AsTask().WaitAsync(Patience)
        ? (events.Current.EventType, JsonNode.Parse(events.Current.Data)!.AsObject())
        : (null, []);

    public ValueTask DisposeAsync()
    {
        response.Dispose();
        http.Dispose();
        return ValueTask.CompletedTask;
    }
}
