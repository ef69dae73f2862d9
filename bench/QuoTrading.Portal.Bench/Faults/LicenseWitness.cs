namespace QuoTrading.Portal.Bench.Faults;

/// <summary>
/// Makes licenses, and suspends and reactivates one, by the commands beside the server: the way a person has to do it, whatever
/// becomes of the server meanwhile.
/// </summary>
internal sealed class LicenseWitness(Bed bed) : IWitness
{
    private const string Foreign = "FAULT-KEY-OF-THE-OLD-SYSTEM";

    private readonly List<string> keys = [];
    private bool? active;

    public int Acknowledged { get; private set; }

    public async Task StepAsync()
    {
        var made = await bed.Portal.RunAsync("license", "create", "--email", "fault@example.com");
        keys.Add(made.Trim());
        Acknowledged++;

        var next = active is not true;
        active = null;
        var file = Path.Combine(bed.Portal.Folder, "licenses.csv");
        await File.WriteAllTextAsync(file, $"account_id,email,license_key,license_type,license_status,license_expiration,created_at\n1,fault@example.com,{Foreign},MONTHLY,{(next ? "ACTIVE" : "SUSPENDED")},,\n");
        await bed.Portal.RunAsync("license", "import", file, "--update");
        active = next;
        Acknowledged++;
    }

    public async Task CheckAsync(Judgement judgement)
    {
        if (keys.Count > 0) judgement.Expect(await LicenseStandsAsync(keys[^1]), "a license that was made is not there");
        if (active is { } known) judgement.Expect(await LicenseStandsAsync(Foreign) == known, $"a license was {(known ? "reactivated" : "suspended")}, and is not");
    }

    public void CheckFile(Judgement judgement)
    {
        var count = DatabaseFile.Read(bed.FilePath, """SELECT count(*) FROM "Licenses" WHERE "Plan" = 'MONTHLY'""", row => row.GetInt32(0));
        judgement.Expect(count[0] >= keys.Count, $"{keys.Count} licenses were made, and {count[0]} are there");
    }

    private async Task<bool> LicenseStandsAsync(string key) => (await bed.PostAsync("/api/main", new { license_key = key })).Status == 200;
}
