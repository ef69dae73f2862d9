using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The result of the rules: the outcome, the changes, and the license's sessions after them.</summary>
internal sealed record Decision(Outcome Outcome, ImmutableArray<SessionChange> Changes, LicenseSessions Sessions)
{
    /// <summary>The only change is a refresh of a live session.</summary>
    public bool IsRefresh => Changes is [SessionChange.Refreshed];
}
