using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What a session asks of its messages that began with <c>install</c>: the tokens of each of the device's programs, as hashes.
/// Immutable, and pure.
/// </summary>
/// <param name="Install">The installation that logged in.</param>
public sealed record SessionProof(string Install, ImmutableArray<TokenChain> Chains)
{
    /// <summary>With each tenth heartbeat comes a new token.</summary>
    public const int BeatsPerToken = 10;

    // A machine runs a launcher and a bot; programs that somebody invents push each other out.
    private const int MostApps = 8;

    // No hash.
    private const string NoToken = "-";

    /// <summary>
    /// The programs that go on without a token, an empty name among them: they were in the session before it asked for any, or logged
    /// in without <c>install</c>. An old bot beside a new launcher must notice nothing.
    /// </summary>
    public ImmutableArray<string> Free { get; init; } = [];

    /// <summary>Another installation than the one that the device is bound to, let in while that one was away: it binds nothing. In memory only.</summary>
    public bool IsGuest { get; init; }

    /// <summary>Whether a message comes from whom the tokens were given to.</summary>
    public TokenVerdict Judge(ClientMessage message) => Free.Contains(message.App ?? "") ? TokenVerdict.Right
        : Find(message.App) is { } chain && message.Token is { } token
        ? chain.Tokens.IndexOf(token.Hash) switch
        {
            0 or 1 => TokenVerdict.Right,
            < 0 => TokenVerdict.Wrong,
            _ => TokenVerdict.Old,
        }
        : TokenVerdict.Wrong;

    /// <summary>A login: the program gets a token; the one before it stays right.</summary>
    public SessionProof Issue(string? app, SessionToken token, string install)
    {
        var chain = Find(app) is { } known ? known.Renew(token) : new TokenChain(app ?? "", [token.Hash]);
        return this with { Install = install, Chains = [chain, .. Chains.Where(other => other.App != chain.App).Take(MostApps - 1)] };
    }

    /// <summary>A login without <c>install</c>: the program goes on without tokens, unless it has some.</summary>
    public SessionProof LetGo(string? app) => Find(app) is not null || Free.Contains(app ?? "") ? this : this with { Free = [app ?? "", .. Free.Take(MostApps - 1)] };

    /// <summary>Whether the message shows the installation: a login by its name, any other by a token.</summary>
    public bool IsShownBy(ClientMessage message) => message.Install is { } install ? install == Install
        : message.Token is { } token && Find(message.App) is { } chain && chain.Tokens.Contains(token.Hash);

    /// <summary>A heartbeat with a right token.</summary>
    /// <param name="token">The one that it gets, or null.</param>
    public SessionProof Beat(ClientMessage message, out SessionToken? token)
    {
        token = null;
        // Of those that go on without.
        if (Find(message.App) is not { } chain || message.Token is null || !chain.Tokens.Contains(message.Token.Hash)) return this;
        var isCurrent = chain.Tokens[0] == message.Token.Hash;
        token = chain.Beats + 1 >= BeatsPerToken && (isCurrent || !chain.IsConfirmed) ? message.FreshToken : null;
        var next = chain with { Beats = chain.Beats + 1, IsConfirmed = chain.IsConfirmed || isCurrent };
        // Of one whose answer was lost nobody knows: it makes way, and does not push out the one that the client has.
        if (token is not null) next = isCurrent ? next.Renew(token) : next.Replace(token);
        return this with { Chains = Chains.Replace(chain, next) };
    }

    /// <summary>Two go on from one login: neither of them knows the next token, so both must log in. That it has tokens stays known.</summary>
    public SessionProof Void(string? app) => this with { Chains = [.. Chains.Select(chain => chain.App == (app ?? "") ? new TokenChain(chain.App, [NoToken]) : chain)] };

    private TokenChain? Find(string? app)
    {
        foreach (var chain in Chains)
            if (string.Equals(chain.App, app ?? "", StringComparison.Ordinal)) return chain;
        return null;
    }
}

/// <summary>The tokens of one program of the device.</summary>
/// <param name="App">Empty where it has no name.</param>
/// <param name="Tokens">Hashes, the newest first: the first two are right, the others are known to be old.</param>
/// <param name="IsConfirmed">Somebody has used the newest.</param>
/// <param name="Beats">Heartbeats since the newest. In memory only.</param>
public sealed record TokenChain(string App, ImmutableArray<string> Tokens, bool IsConfirmed = false, int Beats = 0)
{
    private const int Most = 8;

    public TokenChain Renew(SessionToken token) => this with { Tokens = [token.Hash, .. Tokens.Take(Most - 1)], IsConfirmed = false, Beats = 0 };

    public TokenChain Replace(SessionToken token) => this with { Tokens = Tokens.SetItem(0, token.Hash), Beats = 0 };

    public bool Equals(TokenChain? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

public enum TokenVerdict
{
    Right,

    /// <summary>It was given to this program, and replaced twice since.</summary>
    Old,

    /// <summary>None, or one that was never given to it: whoever sends it changes nothing.</summary>
    Wrong,
}
