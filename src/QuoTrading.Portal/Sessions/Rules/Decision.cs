using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What the rules say: the outcome, what changes, and how the license's sessions stand afterwards.</summary>
internal sealed record Decision(Outcome Outcome, ImmutableArray<SessionChange> Changes, LicenseSessions Sessions)
{
    /// <summary>A message came from a session that goes on, and that is all.</summary>
    public bool IsRefresh => Changes is [SessionChange.Refreshed];
}
