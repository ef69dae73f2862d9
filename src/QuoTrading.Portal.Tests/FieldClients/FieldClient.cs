using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>What all programs in the field do: Python's <c>requests</c>, one new TCP connection a request, 5 to 10 s of patience.</summary>
internal abstract class FieldClient(PortalServer portal, string key, string fingerprint)
{
    public string Fingerprint { get; } = fingerprint;

    /// <summary>Where its machine stands in the network.</summary>
    public string Address { get; init; } = "203.0.113.1";

    protected string Key { get; } = key;

    protected PortalServer Portal { get; } = portal;

    /// <summary>As <c>requests.post(url, json=…)</c>: <c>response.json()</c> is read where the body is one, else it is null.</summary>
    protected async Task<(int Status, JsonObject? Json)> PostAsync(string path, params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["license_key"] = Key };
        foreach (var (name, value) in more) body[name] = value;
        return await SendAsync(HttpMethod.Post, path, JsonContent.Create(body));
    }

    protected async Task<(int Status, JsonObject? Json)> SendAsync(HttpMethod method, string path, HttpContent? body = null)
    {
        using var http = new HttpClient { BaseAddress = Portal.Address, Timeout = TimeSpan.FromSeconds(10) };
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.ConnectionClose = true;
        request.Headers.Add("X-Forwarded-For", Address);
        request.Headers.UserAgent.ParseAdd("python-requests/2.31.0");
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, Parse(await response.Content.ReadAsStringAsync()));
    }

    // Python's data.get(name, False).
    protected static bool IsTrue(JsonObject? json, string name) => json?[name]?.GetValueKind() == JsonValueKind.True;

    protected static bool IsFalse(JsonObject? json, string name) => json?[name]?.GetValueKind() == JsonValueKind.False;

    protected static string? Text(JsonObject? json, string name) => json?[name]?.ToString();

    protected static double? Number(JsonObject? json, string name) => json?[name]?.GetValue<double>();

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
