using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>
/// Who did what to what, when, from where, and why. Written in the unit of the change itself; an entry cannot be edited.
/// </summary>
public sealed class AuditEntry
{
    public long Id { get; set; }

    /// <summary>UTC.</summary>
    public DateTime At { get; set; }

    public ActorKind ActorKind { get; set; }

    /// <summary>A person's e-mail address, a token's name, or the operating system's user at the command line.</summary>
    public required string Actor { get; set; }

    public string? Address { get; set; }

    /// <summary>What was done: <c>session.logout</c>, <c>license.suspend</c>, <c>settings.change</c>, …</summary>
    public required string Action { get; set; }

    /// <summary>The kind of the target: <c>session</c>, <c>license</c>, …</summary>
    public required string TargetKind { get; set; }

    public required string Target { get; set; }

    public string? Reason { get; set; }

    /// <summary>JSON of the changed fields before the change; keys masked.</summary>
    public string? Before { get; set; }

    /// <summary>JSON of the changed fields after the change; keys masked.</summary>
    public string? After { get; set; }
}
