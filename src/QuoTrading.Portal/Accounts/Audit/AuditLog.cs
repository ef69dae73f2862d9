using System.Text.Encodings.Web;
using System.Text.Json;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>The only way to write the audit log. It can only add.</summary>
public sealed class AuditLog(TimeProvider time)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Adds an entry to the unit of the change that it records. <paramref name="before"/> and <paramref name="after"/> become JSON.
    /// </summary>
    public void Add(PortalDbContext db, Actor actor, string action, string targetKind, string target,
        string? reason = null, object? before = null, object? after = null) =>
        db.AuditEntries.Add(Entry(actor, action, targetKind, target, reason, before, after));

    /// <summary>The same for a caller that stores the entry itself, in the unit of the change.</summary>
    internal AuditEntry Entry(Actor actor, string action, string targetKind, string target, string? reason = null, object? before = null, object? after = null) => new()
    {
        At = time.GetUtcNow().UtcDateTime,
        ActorKind = actor.Kind,
        Actor = actor.Name,
        Address = actor.Address,
        Action = action,
        TargetKind = targetKind,
        Target = target,
        Reason = reason,
        Before = before is null ? null : JsonSerializer.Serialize(before, Json),
        After = after is null ? null : JsonSerializer.Serialize(after, Json),
    };
}
