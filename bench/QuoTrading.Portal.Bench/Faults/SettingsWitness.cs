namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Changes a setting to a number that was never there before.</summary>
internal sealed class SettingsWitness(Bed bed) : IWitness
{
    private const int First = 400;

    private int stored = First;
    private int asked = First;
    private int next = First;

    public int Acknowledged { get; private set; }

    public async Task StepAsync()
    {
        asked = next = next == 3600 ? First : next + 1;
        var reply = await bed.AdminAsync(HttpMethod.Put, "/api/admin/settings", new { history_retention_days = asked });
        if (reply.Status != 200) throw new InvalidOperationException($"settings: {reply.Status} {reply.Text}");
        stored = asked;
        Acknowledged++;
    }

    public async Task CheckAsync(Judgement judgement)
    {
        if (Acknowledged == 0) return;
        var settings = await bed.AdminAsync(HttpMethod.Get, "/api/admin/settings", null);
        Compare(int.Parse(settings.Get("history_retention_days") ?? "0"), judgement);
    }

    public void CheckFile(Judgement judgement)
    {
        if (Acknowledged == 0) return;
        foreach (var days in DatabaseFile.Read(bed.FilePath, """SELECT "HistoryRetentionDays" FROM "SessionSettings" """, row => row.GetInt32(0))) Compare(days, judgement);
    }

    // The last one may have been stored though its answer was lost.
    private void Compare(int now, Judgement judgement)
    {
        judgement.Expect(now == stored || now == asked, $"the setting was changed to {stored}, then to {asked} without an answer, and is {now}");
        stored = now;
    }
}
