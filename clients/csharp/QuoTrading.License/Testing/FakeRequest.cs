using System.Text.Json.Nodes;

namespace QuoTrading.Testing;

/// <summary>What a client asked of a <see cref="FakePortal"/>.</summary>
/// <param name="path">Where it asked.</param>
/// <param name="body">The JSON that it sent.</param>
public sealed class FakeRequest(string path, JsonObject body)
{
    /// <summary><c>/api/main</c> (a login), <c>/api/heartbeat</c>, <c>/api/session/stream</c> or <c>/api/session/release</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The JSON that it sent.</summary>
    public JsonObject Body { get; } = body;
}
