using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Reports how the portal would answer a client now. For pages, because only the client endpoints know the answers.</summary>
public interface IKeyTester
{
    /// <summary>Runs the rules; nothing is changed, noted or counted.</summary>
    /// <exception cref="ForbiddenException">The actor may not view licenses.</exception>
    /// <exception cref="StoreUnavailableException">Clients would also be told to try again later.</exception>
    Task<KeyTest> TestAsync(Actor actor, KeyQuestion question, CancellationToken cancel = default);
}

/// <summary>A test request: a key or a license's number, and what a client would send with it.</summary>
/// <param name="Key">As a client would send it. Never for a log.</param>
/// <param name="Device">Its fingerprint; null means a device that the portal does not know.</param>
/// <param name="Address">The client's address; null means an address that the portal does not know.</param>
public sealed record KeyQuestion(string? Key = null, long? LicenseId = null, string? Device = null, string? Address = null, string? Symbol = null)
{
    public override string ToString() => $"{nameof(KeyQuestion)} {(Key is null ? LicenseId : LicenseKey.Mask(Key))}";
}

/// <summary>The result of a test.</summary>
/// <param name="License">Null if no license has the key.</param>
public sealed record KeyTest(LicenseSnapshot? License, IReadOnlyList<ToldAnswer> Answers);

/// <summary>The answer that one endpoint would give a client.</summary>
/// <param name="What">The name of the request, for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The exact text.</param>
/// <param name="Code">The code of a refusal; null if the client would be served.</param>
/// <param name="Why">The cause, as text for people.</param>
public sealed record ToldAnswer(string What, string Path, int Status, string Message, string? Code, string Why)
{
    public bool IsServed => Code is null;
}
