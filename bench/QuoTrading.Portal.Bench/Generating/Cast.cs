using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>A license with all that use it.</summary>
public sealed record Cast(LicenseLayout License, IReadOnlyList<Role> Roles, IReadOnlyList<Journey> Journeys);

/// <summary>One client. Two may use one fingerprint.</summary>
/// <param name="Device">Whose fingerprint it sends.</param>
public sealed record Role(int Device, Machine Machine)
{
    /// <summary>How it spells its symbol, by lot; none: it names no symbol.</summary>
    public IReadOnlyList<string> Spellings { get; init; } = [];

    /// <summary>The program that it names in every request; null: as its habits are.</summary>
    public string? App { get; init; }

    /// <summary>Names no program, ever.</summary>
    public bool IsOld { get; init; }

    /// <summary>Mostly beats, so that where it is says something.</summary>
    public bool IsSteady { get; init; }

    /// <summary>Now and then beats far more often than it may, and leaves.</summary>
    public bool Hurries { get; init; }

    /// <summary>A stranger who asks far more often than strangers may.</summary>
    public bool Floods { get; init; }

    /// <summary>Proves its installation by it; null: it does not.</summary>
    public string? Install { get; init; }
}

/// <summary>Machines that move.</summary>
/// <param name="Part">They begin and meet in one network, and part for longer than the timeout; else they move together.</param>
public sealed record Journey(IReadOnlyList<Machine> Machines, bool Part);
