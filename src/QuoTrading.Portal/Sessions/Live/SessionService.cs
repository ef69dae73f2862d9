using System.Globalization;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>What people and their scripts do to sessions. Each change and its audit entry are one unit.</summary>
internal sealed class SessionService(
    CommitLoop loop, SessionMemory memory, SessionQueue queue, SessionSettingsRules settingsRules, LicenseGrowth growth, AuditLog audit) : ISessionService, ILicenseWatcher
{
    /// <inheritdoc/>
    public SessionSettings Settings => memory.Settings;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LogOutResult>> LogOutAsync(Actor actor, IReadOnlyCollection<Guid> sessionIds, string reason,
        TimeSpan? keepOut = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Support);
        var why = CheckReason(reason);
        var results = new List<LogOutResult>();
        foreach (var some in sessionIds.Distinct().Chunk(Writer.MostRows / 5))
        {
            cancel.ThrowIfCancellationRequested();
            results.AddRange(await queue.AddAsync(batch => some
                .Select(id => LogOut(batch, actor, id, why, keepOut))
                .OfType<LogOutResult>().ToList(), cancel));
        }

        return results;
    }

    /// <inheritdoc/>
    public async Task<int?> ForceClearAsync(Actor actor, string licenseKey, string reason, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Support);
        var why = CheckReason(reason);
        var key = KeyHash.Of(licenseKey);
        return await queue.AddAsync(batch =>
        {
            if (memory.Licenses.Find(batch.Stored, key) is not { } license) return (int?)null;
            return batch[license.Id].Live.Count(session => LogOut(batch, actor, session.SessionId, why, keepOut: null) is { WasLive: true });
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<KeepOutResult?> KeepOutAsync(Actor actor, long licenseId, string device, string reason, TimeSpan length, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Support);
        var why = CheckReason(reason);
        if (string.IsNullOrWhiteSpace(device) || device.Length > ClientMessage.MaxDeviceLength)
            throw new ArgumentException($"A device's fingerprint has 1 to {ClientMessage.MaxDeviceLength} characters.", nameof(device));
        return await queue.AddAsync(batch =>
        {
            if (memory.Licenses.Find(batch.Stored, licenseId) is not { } license) return null;
            var mark = batch[licenseId].Mark(device, MarkKind.KeptOut, batch.Now.Utc);
            var until = KeptOutUntil.After(batch.Now.Utc, length);
            var decision = batch.Apply(licenseId, license, sessions =>
                SessionRules.KeepOut(licenseId, sessions, device, batch.Settings, batch.Now, actor.Name, why, until));
            var result = new KeepOutResult(until, decision.Outcome is Outcome.Released);
            batch.Audit(audit.Entry(actor, "device.keep_out", "license", Text(licenseId), why,
                before: mark is null ? null : new { kept_out_until = new KeptOutUntil(mark.Until).Audited },
                after: new { license = license.KeyMasked, customer = license.CustomerEmail, device, kept_out_until = until.Audited, sessions_ended = result.WasLive ? 1 : 0 }));
            return result;
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task<bool> LiftKeepOutAsync(Actor actor, long licenseId, string device, string? reason = null, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Support);
        var why = string.IsNullOrWhiteSpace(reason) ? null : CheckReason(reason);
        return await queue.AddAsync(batch =>
        {
            var license = memory.Licenses.Find(batch.Stored, licenseId);
            var mark = batch[licenseId].Mark(device, MarkKind.KeptOut, batch.Now.Utc);
            var decision = batch.Apply(licenseId, license, sessions => SessionRules.LiftKeepOut(sessions, device, batch.Settings, batch.Now, actor.Name, why));
            if (decision.Outcome is not Outcome.Cleared { Count: > 0 }) return false;
            batch.Audit(audit.Entry(actor, "device.let_in", "license", Text(licenseId), why,
                before: new { device, kept_out_until = new KeptOutUntil(mark?.Until).Audited, kept_out_by = mark?.SetBy }, after: new { license = license?.KeyMasked, customer = license?.CustomerEmail }));
            return true;
        }, cancel);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Guid> WouldEnd(LicenseSnapshot after) => memory.Table.Find(after.Id) is not { } entry
        ? []
        : [.. SessionRules.LicenseChanged(after, entry.Sessions, memory.Settings, memory.Clock.Now(), "", null).Changes
            .OfType<SessionChange.Ended>().Where(ended => ended.Reason != EndReason.TimedOut).Select(ended => ended.Session.SessionId)];

    /// <inheritdoc/>
    public SettingsPreview Preview(SessionSettings proposed)
    {
        var now = memory.Clock.Now();
        var inForce = memory.Settings;
        var live = memory.Live().ToList();
        var ending = live.FindAll(session => SessionRules.IsStale(session, proposed, now.Ms));
        var tooRare = live.Count(session => !SessionRules.IsStale(session, proposed, now.Ms) && 2 * session.IntervalMs > proposed.TimeoutMs);
        var tooMany = live.Where(session => !SessionRules.IsStale(session, proposed, now.Ms)).CountBy(session => (session.LicenseId, session.Seat)).Sum(seat => Math.Max(0, seat.Value - proposed.MostOnSeat));
        return new SettingsPreview(live.Count, ending.Count, tooRare, ending.Count(session => SessionRules.HasOpenPosition(session, inForce, now.Ms)), tooMany, live.Count(IsNewlyRefused));

        // The setting for all licenses does not apply to a license with its own.
        bool IsNewlyRefused(LiveSession session) => session.Copied is not null && (inForce.CopiedDevices, proposed.CopiedDevices) is (CopiedDevices.Report, CopiedDevices.Refuse)
            && !SessionRules.IsStale(session, proposed, now.Ms) && memory.Licenses.Recall(session.LicenseId)?.CopiedDevices is null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FieldError>> ChangeSettingsAsync(Actor actor, SessionSettingsChange change, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        return await queue.AddAsync(batch =>
        {
            var before = batch.Settings;
            var after = change.ApplyTo(before);
            var errors = settingsRules.Check(after);
            if (errors.Count > 0 || after == before) return errors;

            after = after with { ChangedAt = batch.Now.Utc, ChangedBy = actor.Name };
            SweepAll(batch);
            batch.ChangeSettings(after);
            SweepAll(batch);
            batch.Audit(audit.Entry(actor, "settings.change", "settings", "sessions", before: SettingsFormat.Of(before), after: SettingsFormat.Of(after)));
            return errors;
        }, cancel);
    }

    /// <inheritdoc/>
    public int OnChanging(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after, Actor actor, string? reason)
    {
        var ended = 0;
        loop.Join(unit, batch =>
        {
            batch.WriteLicenseChange(before, after, actor.Name, reason);
            var decision = batch.Apply(before.Id, before, sessions => after is not null && after.Key != before.Key
                ? SessionRules.KeyReplaced(sessions, batch.Settings, batch.Now, actor.Name, reason)
                : SessionRules.LicenseChanged(after, sessions, batch.Settings, batch.Now, actor.Name, reason));
            if (after is null) batch.Anonymise(before.Id);
            if (after?.Key != before.Key) growth.Forget(before.Id);
            ended = decision.Changes.Count(change => change is SessionChange.Ended { Reason: not EndReason.TimedOut });
        });
        return ended;
    }

    private LogOutResult? LogOut(SessionBatch batch, Actor actor, Guid sessionId, string reason, TimeSpan? keepOut)
    {
        if (batch.FindRecord(sessionId) is not { } record) return null;

        var license = memory.Licenses.Find(batch.Stored, record.LicenseId);
        KeptOutUntil? until = keepOut is { } length ? KeptOutUntil.After(batch.Now.Utc, length) : null;
        var decision = batch.Apply(record.LicenseId, license, sessions =>
            SessionRules.LogOut(sessions, sessionId, batch.Settings, batch.Now, actor.Name, reason, until));
        foreach (var change in decision.Changes) record.Follow(change, batch.Now);
        var wasLive = decision.Outcome is Outcome.Released;
        if (wasLive) batch.Audit(audit.Entry(actor, "session.logout", "session", sessionId.ToString(), reason,
            after: new { license = license?.KeyMasked, customer = license?.CustomerEmail, kept_out_until = until?.Audited }));
        return new LogOutResult(record, wasLive);
    }

    private void SweepAll(SessionBatch batch)
    {
        foreach (var entry in memory.Table.Entries)
        {
            var license = memory.Licenses.Find(batch.Stored, entry.LicenseId);
            if (SessionRules.NeedsSweep(license, batch[entry.LicenseId], batch.Settings, batch.Now))
                batch.Apply(entry.LicenseId, license, sessions => SessionRules.Sweep(license, sessions, batch.Settings, batch.Now));
        }
    }

    private static string Text(long licenseId) => licenseId.ToString(CultureInfo.InvariantCulture);

    private static string CheckReason(string reason)
    {
        var trimmed = reason.Trim();
        return trimmed.Length is > 0 and <= LogOutResult.MaxReasonLength
            ? trimmed
            : throw new ArgumentException($"A reason is needed, of at most {LogOutResult.MaxReasonLength} characters: the history keeps it.", nameof(reason));
    }
}
