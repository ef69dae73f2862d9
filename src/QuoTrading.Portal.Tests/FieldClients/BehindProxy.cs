using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>A portal that believes the tests when they say where a machine stands.</summary>
public sealed class BehindProxy : SharedPortal
{
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:KnownProxies:0"] = "127.0.0.1" };
}
