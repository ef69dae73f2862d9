using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>The API tokens of administrators' scripts.</summary>
public sealed class ApiTokens(Writer writer, IDbContextFactory<PortalDbContext> contexts, AuditLog audit, TimeProvider time)
{
    public const string Prefix = "qtp_";

    public const int LongestName = 100;

    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

    /// <param name="name">What the token is for; unique among the tokens that are not revoked.</param>
    /// <param name="expiresAt">UTC; null if it never expires.</param>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<TokenCreation> CreateAsync(Actor actor, string name, PortalRole role, DateTime? expiresAt = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            return new TokenCreation.Refused($"The name must have 1 to {LongestName} characters.");
        if (!Enum.IsDefined(role)) return new TokenCreation.Refused("There is no such role.");
        var now = time.GetUtcNow().UtcDateTime;
        if (expiresAt <= now) return new TokenCreation.Refused("The expiry must lie in the future.");

        var text = Prefix + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        return await writer.RunAsync<TokenCreation>(async unit =>
        {
            if (await unit.Db.ApiTokens.AnyAsync(token => token.Name == name && token.RevokedAt == null, cancel))
                return new TokenCreation.Refused($"There is already a token named \"{name}\".");
            unit.Db.ApiTokens.Add(new ApiToken
            {
                Name = name,
                Prefix = text[..(Prefix.Length + 6)],
                Hash = HashOf(text),
                Role = role,
                CreatedAt = now,
                CreatedBy = actor.Name,
                ExpiresAt = expiresAt,
            });
            audit.Add(unit.Db, actor, "token.create", "token", name, after: new { role = role.ToString(), expires_at = expiresAt });
            return new TokenCreation.Created(text);
        }, cancel: cancel);
    }

    /// <summary>All tokens that are not revoked, expired ones included, by name.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(Actor actor, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.ApiTokens.AsNoTracking().Where(token => token.RevokedAt == null).OrderBy(token => token.Name).ToListAsync(cancel);
    }

    /// <returns>False if there is no such token, or it was revoked before.</returns>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<bool> RevokeAsync(Actor actor, string name, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        return await writer.RunAsync(async unit =>
        {
            var token = await unit.Db.ApiTokens.FirstOrDefaultAsync(t => t.Name == name && t.RevokedAt == null, cancel);
            if (token is null) return false;
            token.RevokedAt = time.GetUtcNow().UtcDateTime;
            audit.Add(unit.Db, actor, "token.revoke", "token", name);
            return true;
        }, cancel: cancel);
    }

    /// <summary>
    /// The actor of a token; null if the token is unknown, expired or revoked. Reads the database each time, so that tokens created or
    /// revoked on the command line take effect at once.
    /// </summary>
    /// <param name="text">The whole token, as the caller sent it.</param>
    /// <param name="address">Where the request came from.</param>
    public async Task<Actor?> FindAsync(string? text, string? address = null, CancellationToken cancel = default)
    {
        if (text is null || text.Length > 100 || !text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var hash = HashOf(text);
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var found = await db.ApiTokens.AsNoTracking().FirstOrDefaultAsync(token => token.Hash == hash, cancel);
        if (found is null || found.RevokedAt is not null || found.ExpiresAt <= now) return null;

        if (found.LastUsedAt is null || now - found.LastUsedAt >= UseIsNoted) await NoteUseAsync(found.Id, now);
        return new Actor(ActorKind.Token, found.Name, found.Role, address);
    }

    private async Task NoteUseAsync(long id, DateTime now)
    {
        var minute = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        try
        {
            await writer.RunAsync(unit => unit.Db.ApiTokens.Where(token => token.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(token => token.LastUsedAt, minute)));
        }
        catch (StoreUnavailableException)
        {
            // A full disk must not keep a script from reading. The writer has logged the failure.
        }
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

/// <summary>The result of creating a token.</summary>
public abstract record TokenCreation
{
    private TokenCreation()
    {
    }

    /// <param name="Token">The whole token: it cannot be read again.</param>
    public sealed record Created(string Token) : TokenCreation;

    /// <param name="Message">One sentence, for display.</param>
    public sealed record Refused(string Message) : TokenCreation;
}
