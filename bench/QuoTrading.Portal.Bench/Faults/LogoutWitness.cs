namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Logs in, and is logged out by an administrator: then its heartbeats must be told so, until it logs in again.</summary>
internal sealed class LogoutWitness(Bed bed, string key, string device) : IWitness
{
    private readonly List<string> loggedOut = [];
    private string? session;
    private bool? marked;

    public int Acknowledged { get; private set; }

    public async Task StepAsync()
    {
        if (session is { } held)
        {
            session = null;
            marked = null;
            var ended = await bed.AdminAsync(HttpMethod.Post, $"/api/admin/sessions/{held}/logout", new { reason = "fault" });
            if (ended.Status != 200) throw new InvalidOperationException($"logout: {ended.Status} {ended.Text}");
            loggedOut.Add(held);
            marked = true;
        }
        else
        {
            marked = null;
            var reply = await bed.LogInAsync(key, device);
            if (reply.Status != 200) throw new InvalidOperationException($"login: {reply.Status} {reply.Text}");
            session = reply.Get("session_id");
            marked = false;
        }

        Acknowledged++;
    }

    public async Task CheckAsync(Judgement judgement)
    {
        if (marked is not { } known) return;
        var beat = await bed.BeatAsync(key, device);
        judgement.Expect(known ? (beat.Status, beat.Get("code")) is (403, "forced_logout") : beat.Status == 200,
            $"a heartbeat after {(known ? "a forced logout" : "a login")} that was acknowledged was told {beat.Status} {beat.Get("code")}");
        if (!known) judgement.Expect(beat.Get("session_id") == session, "a session that was acknowledged is another one now");
    }

    public void CheckFile(Judgement judgement)
    {
        var rows = DatabaseFile.Read(bed.FilePath, $"""SELECT "SessionId" FROM "SessionHistory" WHERE "Device" = '{device}' AND "EndReason" = 'ForcedLogout'""", row => row.GetString(0));
        foreach (var id in loggedOut) judgement.Expect(rows.Contains(id, StringComparer.OrdinalIgnoreCase), $"the forced logout of {id} was acknowledged and is not there");
    }
}
