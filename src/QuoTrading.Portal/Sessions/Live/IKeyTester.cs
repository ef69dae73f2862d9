using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Says what a client would be told now. The endpoints of clients are the ones who know; pages ask through this.</summary>
public interface IKeyTester
{
    /// <summary>Asks the rules; nothing is changed, noted or counted.</summary>
    /// <exception cref="ForbiddenException">The actor may not look at licenses.</exception>
    /// <exception cref="StoreUnavailableException">Clients would be told to come back later, too.</exception>
    Task<KeyTest> TestAsync(Actor actor, KeyQuestion question, CancellationToken cancel = default);
}

/// <summary>What is asked; a key or a license's number.</summary>
/// <param name="Key">As a client would send it. Never for a log.</param>
/// <param name="Device">Its fingerprint; null for a device that nobody has seen.</param>
/// <param name="Address">Where it would ask from; null for an address that nobody has seen.</param>
public sealed record KeyQuestion(string? Key = null, long? LicenseId = null, string? Device = null, string? Address = null, string? Symbol = null)
{
    public override string ToString() => $"{nameof(KeyQuestion)} {(Key is null ? LicenseId : LicenseKey.Mask(Key))}";
}

/// <summary>What came of it.</summary>
/// <param name="License">Null where no license has the key.</param>
public sealed record KeyTest(LicenseSnapshot? License, IReadOnlyList<ToldAnswer> Answers);

/// <summary>What a client would be told by one endpoint.</summary>
/// <param name="What">What a person calls it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">Word for word.</param>
/// <param name="Code">Of a refusal; null where it would be served.</param>
/// <param name="Why">In words.</param>
public sealed record ToldAnswer(string What, string Path, int Status, string Message, string? Code, string Why)
{
    public bool IsServed => Code is null;
}
