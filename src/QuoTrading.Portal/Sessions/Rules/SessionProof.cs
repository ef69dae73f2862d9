using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What the messages of a session must prove if its login named <c>install</c>: the tokens of each of the device's programs, as hashes.
/// Immutable, and pure.
/// </summary>
/// <param name="Install">The installation that logged in.</param>
public sealed record SessionProof(string Install, ImmutableArray<TokenChain> Chains)
{
    /// <summary>Every tenth heartbeat gets a new token.</summary>
    public const int BeatsPerToken = 10;

    // A machine runs a launcher and a bot; invented programs push each other out.
    private const int MostApps = 8;

    // Stored in the place of a hash; no token has it.
    private const string NoToken = "-";

    /// <summary>
    /// The programs that go on without a token; an empty name is a program without one. They were in the session before it demanded
    /// tokens, or logged in without <c>install</c>: an old bot beside a new launcher must notice nothing.
    /// </summary>
    public ImmutableArray<string> Free { get; init; } = [];

    /// <summary>
    /// Another installation than the one that the device is bound to, let in while that one was away: it binds nothing. In memory only.
    /// </summary>
    public bool IsGuest { get; init; }

    /// <summary>Whether a message comes from the program that the tokens were given to.</summary>
    public TokenVerdict Judge(ClientMessage message) => Free.Contains(message.App ?? "") ? TokenVerdict.Right
        : Find(message.App) is { } chain && message.Token is { } token
        ? chain.Tokens.IndexOf(token.Hash) switch
        {
            0 or 1 => TokenVerdict.Right,
            < 0 => TokenVerdict.Wrong,
            _ => TokenVerdict.Old,
        }
        : TokenVerdict.Wrong;

    /// <summary>A login: the program gets a new token; its previous one stays right.</summary>
    public SessionProof Issue(string? app, SessionToken token, string install)
    {
        var chain = Find(app) is { } known ? known.Renew(token) : new TokenChain(app ?? "", [token.Hash]);
        return this with { Install = install, Chains = [chain, .. Chains.Where(other => other.App != chain.App).Take(MostApps - 1)] };
    }

    /// <summary>A login without <c>install</c>: the program goes on without tokens, unless it has some.</summary>
    public SessionProof LetGo(string? app) => Find(app) is not null || Free.Contains(app ?? "") ? this : this with { Free = [app ?? "", .. Free.Take(MostApps - 1)] };

    /// <summary>Whether the message proves the installation: a login by its name, any other message by a token.</summary>
    public bool IsShownBy(ClientMessage message) => message.Install is { } install ? install == Install
        : message.Token is { } token && Find(message.App) is { } chain && chain.Tokens.Contains(token.Hash);

    /// <summary>A heartbeat with a right token.</summary>
    /// <param name="token">The new token that the program gets, or null.</param>
    public SessionProof Beat(ClientMessage message, out SessionToken? token)
    {
        token = null;
        // The program goes on without tokens.
        if (Find(message.App) is not { } chain || message.Token is null || !chain.Tokens.Contains(message.Token.Hash)) return this;
        var isCurrent = chain.Tokens[0] == message.Token.Hash;
        token = chain.Beats + 1 >= BeatsPerToken && (isCurrent || !chain.IsConfirmed) ? message.FreshToken : null;
        var next = chain with { Beats = chain.Beats + 1, IsConfirmed = chain.IsConfirmed || isCurrent };
        // The client does not know a token whose answer was lost. It is replaced, and does not push out the one that the client has.
        if (token is not null) next = isCurrent ? next.Renew(token) : next.Replace(token);
        return this with { Chains = Chains.Replace(chain, next) };
    }

    /// <summary>
    /// Two clients go on from one login. Neither of them knows the next token, so both must log in. It stays known that the program has
    /// tokens.
    /// </summary>
    public SessionProof Void(string? app) => this with { Chains = [.. Chains.Select(chain => chain.App == (app ?? "") ? new TokenChain(chain.App, [NoToken]) : chain)] };

    private TokenChain? Find(string? app)
    {
        foreach (var chain in Chains)
            if (string.Equals(chain.App, app ?? "", StringComparison.Ordinal)) return chain;
        return null;
    }
}

/// <summary>The tokens of one program of the device.</summary>
/// <param name="App">Empty if it has no name.</param>
/// <param name="Tokens">Hashes, the newest first: the first two are right, the others are known to be old.</param>
/// <param name="IsConfirmed">The newest token has been used.</param>
/// <param name="Beats">Heartbeats since the newest token. In memory only.</param>
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

    /// <summary>The token was given to this program, and has been replaced twice since.</summary>
    Old,

    /// <summary>No token, or one that was never given to this program: the message changes nothing.</summary>
    Wrong,
}
