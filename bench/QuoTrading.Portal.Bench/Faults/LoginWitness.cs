namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Logs in and out on a license of its own.</summary>
internal sealed class LoginWitness(Bed bed, string key, string device, Action<Reply>? refused = null) : IWitness
{
    private readonly List<(string Session, bool Released)> told = [];
    private bool? holds;

    public int Acknowledged { get; private set; }

    /// <summary>Of these a login or release was told 503 and had its effect all the same.</summary>
    public int RefusedButDone { get; private set; }

    private bool? before;

    public async Task StepAsync()
    {
        var release = holds is true;
        before = holds;
        // While a request is under way nobody knows what the server has made of it.
        holds = null;
        var reply = release ? await bed.ReleaseAsync(key, device) : await bed.LogInAsync(key, device);
        if (reply.Status != 200)
        {
            if (refused is null) throw new InvalidOperationException($"{reply.Status} {reply.Text}");
            refused(reply);
            return;
        }

        before = null;
        Acknowledged++;
        holds = !release;
        if (!release) told.Add((reply.Get("session_id")!, false));
        else if (reply.Get("status") == "success" && told.Count > 0) told[^1] = told[^1] with { Released = true };
    }

    public async Task CheckAsync(Judgement judgement)
    {
        var stranger = await bed.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "stranger", check_only = true });
        judgement.Expect(stranger.Status is 200 or 403, $"a check was told {stranger.Status}");
        if (holds is { } known) judgement.Expect(stranger.Status == (known ? 403 : 200), $"{(known ? "a login" : "a release")} that was acknowledged is not there: {stranger.Text}");
        else if (before is { } was && was != (stranger.Status == 403)) RefusedButDone++;
        before = null;
        holds = stranger.Status == 403;
    }

    public void CheckFile(Judgement judgement)
    {
        var rows = DatabaseFile.Read(bed.FilePath, $"""SELECT "SessionId", "EndReason" FROM "SessionHistory" WHERE "Device" = '{device}'""",
            row => (Session: row.GetString(0), Reason: row.IsDBNull(1) ? null : row.GetString(1))).ToDictionary(row => row.Session, row => row.Reason, StringComparer.OrdinalIgnoreCase);
        foreach (var (session, released) in told)
        {
            judgement.Expect(rows.TryGetValue(session, out var reason), $"session {session} was acknowledged and has no row");
            judgement.Expect(!released || reason == "Released", $"session {session} was released, and its row says {reason ?? "that it lives"}");
        }
    }
}
