using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>On the fake that keeps all in memory.</summary>
public sealed class MemorySessionStoreTests : SessionStoreContract, IDisposable
{
    private readonly MemorySessionStore store = new();

    internal override ISessionStore Store => store;

    internal override LicenseSnapshot License { get; } = new RulesTable().License;

    public MemorySessionStoreTests() => store.Licenses.Add(License);

    public void Dispose() => store.Dispose();

    protected override IDisposable TakeAway() => store.TakeAway();
}
