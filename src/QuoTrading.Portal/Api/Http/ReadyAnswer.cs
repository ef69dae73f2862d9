namespace QuoTrading.Portal.Api.Http;

/// <summary>The answer of <c>/health/ready</c>.</summary>
/// <param name="Checks">By name: <c>healthy</c> or <c>unhealthy</c>.</param>
internal sealed record ReadyAnswer(string Status, IReadOnlyDictionary<string, string> Checks);
