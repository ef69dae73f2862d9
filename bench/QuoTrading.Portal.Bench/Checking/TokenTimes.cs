using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>The tokens of one device that proves its installation: which surely are right, and which surely are not.</summary>
internal sealed class TokenTimes
{
    private readonly IReadOnlyList<Operation> own;
    private readonly Bounds bounds;
    private readonly List<Operation> given;
    private readonly Dictionary<string, TimeSpan> usedBy = new(StringComparer.Ordinal);

    /// <param name="own">The device's operations, in the order they were sent.</param>
    public TokenTimes(IReadOnlyList<Operation> own, Bounds bounds)
    {
        (this.own, this.bounds) = (own, bounds);
        given = [.. own.Where(o => o.NewToken is not null)];
        foreach (var o in own.Where(o => o.Token is not null && o.Told == Told.Holds && o.IsBeat))
            if (!usedBy.TryGetValue(o.Token!, out var known) || o.Answered < known) usedBy[o.Token!] = o.Answered!.Value;
    }

    /// <summary>
    /// Whether its token surely was replaced twice: another was given and used before the next was, and that was used, too. One that was
    /// never used may make way for the next without making those before it older.
    /// </summary>
    public bool IsOld(Operation o)
    {
        if (Giver(o) is not { } giver) return false;
        var newer = given.Where(other => other.Sent > giver.Answered && other.Answered < o.Sent && UsedBy(other) < o.Sent).ToList();
        return newer.Exists(first => newer.Exists(second => second.Sent > UsedBy(first)));
    }

    /// <summary>
    /// Whether its token surely was right: the last one that was given, and what may have been given and not told since is one at the
    /// most; and nobody came with an older one.
    /// </summary>
    public bool IsRight(Operation o)
    {
        if (Giver(o) is not { } giver || !(giver.Answered < o.Sent)) return false;
        // What was begun before it was given may have been decided after it.
        var since = own.Where(other => other != o && other != giver && other.Sent < o.Answered && bounds.Settled(other) > giver.Sent).ToList();
        var untold = since.Count(other => (other.Proves || (other.Ask == Ask.Heartbeat && other.Token is not null)) && (other.Told == Told.Nothing || other.NewToken is not null));
        // A login that nobody was told of may have been the first that proves anything in another session: there the one before it is none.
        if (untold > 0 && own.LastOrDefault(other => other.Told == Told.Holds && other.SessionId is not null && other.Answered < o.Sent)?.SessionId != giver.SessionId) return false;
        var lastLogin = own.LastOrDefault(login => login.Proves && login.Told == Told.Holds && login.Sent <= giver.Sent)?.Sent ?? giver.Sent;
        return untold <= 1 && !own.Any(other => other.Token is not null && other.Token != o.Token && other.Sent < o.Answered && bounds.Settled(other) > lastLogin && IsBefore(other.Token, giver));
    }

    private TimeSpan UsedBy(Operation giver) => usedBy.GetValueOrDefault(giver.NewToken!, TimeSpan.MaxValue);

    private Operation? Giver(Operation o) => o.Token is null ? null : given.Find(other => other.NewToken == o.Token);

    // Not the one that was right just before.
    private bool IsBefore(string token, Operation giver)
    {
        var at = given.FindIndex(other => other.NewToken == token);
        return at < 0 || at < given.IndexOf(giver) - 1;
    }
}
