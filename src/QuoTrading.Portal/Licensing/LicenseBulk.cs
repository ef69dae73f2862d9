using System.Runtime.CompilerServices;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing;

/// <summary>Applies one action to many licenses, each in a unit of its own. When it is stopped half-way, what is done stays.</summary>
public sealed class LicenseBulk(LicenseService service)
{
    /// <summary>The most licenses of one call.</summary>
    public const int Most = 10_000;

    /// <summary>Applies the action, and yields a result for each license, once its change is durable.</summary>
    /// <exception cref="ForbiddenException">The actor's role does not allow it for any license.</exception>
    /// <exception cref="StoreUnavailableException">The store could not commit one; the results yielded before are durable.</exception>
    /// <exception cref="OperationCanceledException">Stopped; the results yielded before are durable.</exception>
    public async IAsyncEnumerable<BulkResult> RunAsync(Actor actor, IReadOnlyCollection<LicenseTarget> targets, BulkAction action, string? reason = null,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(targets.Count, Most, nameof(targets));
        actor.Require(action.Needs);
        foreach (var target in targets)
        {
            cancel.ThrowIfCancellationRequested();
            yield return Tell(target, await DoAsync(actor, target.Id, action, reason, cancel));
        }
    }

    private async Task<LicenseOutcome> DoAsync(Actor actor, long id, BulkAction action, string? reason, CancellationToken cancel)
    {
        try
        {
            return action switch
            {
                BulkAction.Change(var what) => await service.ChangeAsync(actor, id, what, reason: reason, cancel: cancel),
                _ => await service.DeleteAsync(actor, id, reason: reason, cancel: cancel),
            };
        }
        catch (ForbiddenException refused)
        {
            // The role allows the action, but not for this license: Support may not reactivate a cancelled one.
            return new LicenseOutcome.Invalid([new("status", refused.Message)]);
        }
    }

    private static BulkResult Tell(LicenseTarget target, LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Changed changed => new BulkResult(target, BulkFate.Done, null, changed.SessionsEnded),
        LicenseOutcome.Unchanged => new BulkResult(target, BulkFate.Unchanged, "It was so already."),
        LicenseOutcome.NotFound => new BulkResult(target, BulkFate.Unchanged, "There is no such license."),
        LicenseOutcome.Invalid invalid => new BulkResult(target, BulkFate.Refused, string.Join(' ', invalid.Errors.Select(error => error.Message))),
        _ => new BulkResult(target, BulkFate.Refused, "Somebody else changed it at the same moment."),
    };
}

/// <summary>An action on many licenses.</summary>
public abstract record BulkAction
{
    private BulkAction()
    {
    }

    internal abstract PortalRole Needs { get; }

    public sealed record Change(LicenseChange What) : BulkAction
    {
        internal override PortalRole Needs => What.Needs;
    }

    public sealed record Delete : BulkAction
    {
        internal override PortalRole Needs => PortalRole.Administrator;
    }
}

/// <summary>The result for one license of many.</summary>
/// <param name="Why">For people: why it was not done; null if it was.</param>
public sealed record BulkResult(LicenseTarget License, BulkFate Fate, string? Why = null, int SessionsEnded = 0);

public enum BulkFate
{
    Done,
    Unchanged,
    Refused,
}
