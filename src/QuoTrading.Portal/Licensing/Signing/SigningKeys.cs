using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>
/// The keys with which answers to clients are signed. They are stored in the database, the private ones encrypted by the key ring, and
/// held in memory as last read. A rotation makes the next key the current one, and creates a new next one. A published bot has both
/// built in, so it works before and after a rotation.
/// </summary>
public sealed partial class SigningKeys(
    IDbContextFactory<PortalDbContext> contexts, Writer writer, AuditLog audit, IDataProtectionProvider protection, SigningKeyMaker maker, TimeProvider time, ILogger<SigningKeys> log)
{
    private const string Kind = "signing_key";

    private readonly IDataProtector protector = protection.CreateProtector("QuoTrading.SigningKeys");
    private volatile Known known = new([], new HashSet<(string, SigningKeyRole)>(), null);

    /// <summary>The current one first, then the next, then the previous. Empty until the first keys are made.</summary>
    public IReadOnlyList<PublicSigningKey> All => known.Public;

    /// <summary>The key that signs now; null if there is none yet, or it cannot be read.</summary>
    public AnswerKey? Signer => known.Signer;

    /// <summary>
    /// The key ring cannot decrypt the current or the next private key: answers are not signed now, or will not be after the next rotation.
    /// </summary>
    public bool IsAnyLost => known.Public.Any(IsLost);

    /// <summary>
    /// Reads the keys, and makes the first two if none are stored. Stored keys are never replaced: bots have them built in. If the
    /// database is not available, nothing happens; the next call tries again.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancel = default)
    {
        try
        {
            if (await ReadAsync(cancel)) return;
            await MakeFirstAsync(cancel);
            await ReadAsync(cancel);
        }
        catch (Exception away) when (away is StoreUnavailableException or DbException)
        {
            // Otherwise the known keys stay in use.
            if (All.Count == 0) LogAway();
        }
    }

    /// <summary>Reads the keys, and replaces those in memory if the stored ones differ.</summary>
    /// <returns>False where none are stored.</returns>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var stored = await db.SigningKeys.AsNoTracking().ToListAsync(cancel);
        var marks = stored.Select(key => (key.Kid, key.Role)).ToHashSet();
        if (!marks.SetEquals(known.Marks)) Know(stored, marks);
        return stored.Count > 0;
    }

    /// <summary>Makes the next key the current one, or undoes that, or replaces lost keys. Audited.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">The database cannot be written; nothing has changed.</exception>
    public async Task<RotationOutcome> RotateAsync(Actor actor, Rotation rotation, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        // Before the unit, so that no other unit waits for it.
        var made = rotation == Rotation.Undo ? [] : await MakeAsync(rotation == Rotation.ReplaceLost ? 2 : 1);
        var refused = await writer.RunAsync(unit => ApplyAsync(unit, actor, rotation, new Queue<byte[]>(made), cancel), cancel: cancel);
        if (refused is not null) return new RotationOutcome.Refused(refused);
        await ReadAsync(cancel);
        return new RotationOutcome.Rotated(All);
    }

    private async Task<string?> ApplyAsync(WriteUnit unit, Actor actor, Rotation rotation, Queue<byte[]> made, CancellationToken cancel)
    {
        var before = (await unit.Db.SigningKeys.AsNoTracking().ToListAsync(cancel)).Select(Publish).ToDictionary(key => key.Role);
        if (Refusal(rotation, before) is { } why) return why;
        switch (rotation)
        {
            case Rotation.Forward:
                await DropAsync(unit, SigningKeyRole.Previous, cancel);
                await MoveAsync(unit, SigningKeyRole.Current, SigningKeyRole.Previous, cancel);
                await MoveAsync(unit, SigningKeyRole.Next, SigningKeyRole.Current, cancel);
                break;
            case Rotation.Undo:
                await DropAsync(unit, SigningKeyRole.Next, cancel);
                await MoveAsync(unit, SigningKeyRole.Current, SigningKeyRole.Next, cancel);
                await MoveAsync(unit, SigningKeyRole.Previous, SigningKeyRole.Current, cancel);
                break;
            case Rotation.ReplaceLost:
                foreach (var lost in before.Values.Where(key => !key.IsReadable)) await DropAsync(unit, lost.Role, cancel);
                // Bots have the next key built in, so it is preferred to a new one.
                if (!before[SigningKeyRole.Current].IsReadable && before.TryGetValue(SigningKeyRole.Next, out var next) && next.IsReadable)
                    await MoveAsync(unit, SigningKeyRole.Next, SigningKeyRole.Current, cancel);
                break;
        }

        foreach (var role in new[] { SigningKeyRole.Current, SigningKeyRole.Next })
            if (!await unit.Db.SigningKeys.AnyAsync(key => key.Role == role, cancel)) unit.Db.SigningKeys.Add(Store(made.Dequeue(), role));
        await unit.Db.SaveChangesAsync(cancel);
        var after = await unit.Db.SigningKeys.AsNoTracking().ToDictionaryAsync(key => key.Role, key => key.Kid, cancel);
        audit.Add(unit.Db, actor, ActionOf(rotation), Kind, after[SigningKeyRole.Current], before: Words(before.ToDictionary(key => key.Key, key => key.Value.Kid)), after: Words(after));
        return null;
    }

    private static string? Refusal(Rotation rotation, Dictionary<SigningKeyRole, PublicSigningKey> stored) => rotation switch
    {
        _ when !stored.ContainsKey(SigningKeyRole.Current) => "There are no keys yet. Start the server once: it makes them.",
        Rotation.ReplaceLost when !stored.Values.Any(IsLost) => "No key is lost: nothing was changed.",
        Rotation.ReplaceLost => null,
        _ when stored.Values.Any(IsLost) =>
            "The private keys cannot be read: the key ring is not the one that encrypted them. Nothing was changed. Put the files of the ring that belongs to this database into its folder; "
            + "only where it is lost for good, 'keys rotate --lost' makes new ones, and every bot with the old ones built in must get them.",
        Rotation.Undo when !stored.TryGetValue(SigningKeyRole.Previous, out var previous) || !previous.IsReadable => "There is no previous key to go back to. Nothing was changed.",
        _ => null,
    };

    // A lost previous key does no harm: it serves only to undo a rotation.
    private static bool IsLost(PublicSigningKey key) => !key.IsReadable && key.Role != SigningKeyRole.Previous;

    private static string ActionOf(Rotation rotation) => rotation switch
    {
        Rotation.Forward => "keys.rotate",
        Rotation.Undo => "keys.undo",
        _ => "keys.replace",
    };

    private static object Words(Dictionary<SigningKeyRole, string> kids) => new
    {
        Current = kids.GetValueOrDefault(SigningKeyRole.Current),
        Next = kids.GetValueOrDefault(SigningKeyRole.Next),
        Previous = kids.GetValueOrDefault(SigningKeyRole.Previous),
    };

    private static Task<int> DropAsync(WriteUnit unit, SigningKeyRole role, CancellationToken cancel) => unit.Db.SigningKeys.Where(key => key.Role == role).ExecuteDeleteAsync(cancel);

    private Task<int> MoveAsync(WriteUnit unit, SigningKeyRole from, SigningKeyRole to, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return unit.Db.SigningKeys.Where(key => key.Role == from).ExecuteUpdateAsync(set => set.SetProperty(key => key.Role, to).SetProperty(key => key.Since, now), cancel);
    }

    private async Task MakeFirstAsync(CancellationToken cancel)
    {
        var made = await MakeAsync(2);
        var isMade = await writer.RunAsync(
            async unit =>
            {
                if (await unit.Db.SigningKeys.AnyAsync(cancel)) return false;
                unit.Db.SigningKeys.AddRange(Store(made[0], SigningKeyRole.Current), Store(made[1], SigningKeyRole.Next));
                return true;
            },
            cancel: cancel);
        if (isMade) LogMade();
    }

    private Task<byte[][]> MakeAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(maker.Make)));

    private SigningKey Store(byte[] pkcs8, SigningKeyRole role)
    {
        var (publicKey, now) = (SigningKeyMaker.PublicOf(pkcs8), time.GetUtcNow().UtcDateTime);
        return new SigningKey
        {
            Kid = SigningKeyMaker.KidOf(publicKey),
            PublicKey = publicKey,
            PrivateKeyEncrypted = protector.Protect(Convert.ToBase64String(pkcs8)),
            Role = role,
            MadeAt = now,
            Since = now,
        };
    }

    private void Know(List<SigningKey> stored, HashSet<(string Kid, SigningKeyRole Role)> marks)
    {
        var all = stored.OrderBy(key => key.Role).Select(Publish).ToList();
        // The old AnswerKey is not disposed, because another thread may still sign with it; the garbage collector takes it later.
        var signer = stored.Find(key => key.Role == SigningKeyRole.Current) is { } current && Decrypt(current) is { } pkcs8 ? new AnswerKey(current.Kid, pkcs8) : null;
        known = new Known(all, marks, signer);
        if (IsAnyLost) LogLost();
        else if (signer is not null) LogSigns(signer.Kid);
    }

    private PublicSigningKey Publish(SigningKey key) => new(key.Kid, SigningKeyMaker.TextOf(key.PublicKey), key.Role, key.Since, Decrypt(key) is not null);

    /// <returns>Null if the key ring is another one, or the decrypted key does not match the public one.</returns>
    private byte[]? Decrypt(SigningKey key)
    {
        try
        {
            var pkcs8 = Convert.FromBase64String(protector.Unprotect(key.PrivateKeyEncrypted));
            return SigningKeyMaker.PublicOf(pkcs8).AsSpan().SequenceEqual(key.PublicKey) ? pkcs8 : null;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or FormatException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The keys that sign answers to clients were made. 'keys show' prints the public ones.")]
    private partial void LogMade();

    [LoggerMessage(Level = LogLevel.Information, Message = "Answers to clients that ask for it are signed with the key {Kid}.")]
    private partial void LogSigns(string kid);

    [LoggerMessage(Level = LogLevel.Error, Message =
        "The private keys that sign answers to clients cannot be read: the key ring is not the one that encrypted them. Bots that have keys built in take an unsigned answer for none. Put the ring that belongs to this database back, and restart.")]
    private partial void LogLost();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys that sign answers to clients cannot be read or made now: the database is away. It is tried again.")]
    private partial void LogAway();

    private sealed record Known(IReadOnlyList<PublicSigningKey> Public, IReadOnlySet<(string Kid, SigningKeyRole Role)> Marks, AnswerKey? Signer);
}

/// <summary>How to change the roles of the keys.</summary>
public enum Rotation
{
    /// <summary>The next becomes the current one.</summary>
    Forward,

    /// <summary>The previous becomes the current one again: undoes the last rotation.</summary>
    Undo,

    /// <summary>Replaces the keys that the key ring cannot decrypt. Bots that have only those built in accept no answer any more.</summary>
    ReplaceLost,
}

/// <summary>The answer to <see cref="SigningKeys.RotateAsync"/>.</summary>
public abstract record RotationOutcome
{
    private RotationOutcome()
    {
    }

    /// <param name="Keys">The keys after the rotation, the current one first.</param>
    public sealed record Rotated(IReadOnlyList<PublicSigningKey> Keys) : RotationOutcome;

    /// <param name="Message">Why nothing was changed; for people.</param>
    public sealed record Refused(string Message) : RotationOutcome;
}
