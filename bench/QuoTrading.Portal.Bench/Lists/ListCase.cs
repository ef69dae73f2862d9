using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>One thing that a page asks of a list.</summary>
internal sealed record ListCase(string List, string Filter, string Part, Func<Task<int>> RunAsync);

/// <summary>Everything that the pages can ask: each filter alone, rare and dense values, and those that get in each other's way.</summary>
internal sealed class ListCases(LargeDatabase database, SampleValues values)
{
    public async Task<List<ListCase>> AllAsync()
    {
        var cases = new List<ListCase>
        {
            new("history", "words, too many", "refused", () => RefusedAsync(request => database.Get<SessionQueries>().ReadAsync(new(Words: "example"), request))),
            new("history", "device's name, too many", "refused", () => RefusedAsync(request => database.Get<SessionQueries>().ReadAsync(new(Named: Start("pc")), request))),
        };
        foreach (var (name, filter) in Sessions()) await AddAsync(cases, "history", name, values.FarSession, request => database.Get<SessionQueries>().ReadAsync(filter, request), async () => (await database.Get<SessionQueries>().CountAsync(filter)).Number);
        foreach (var (name, filter) in Events()) await AddAsync(cases, "activity", name, values.FarEvent, request => database.Get<EventQueries>().ReadAsync(filter, request), async () => (await database.Get<EventQueries>().CountAsync(filter)).Number);
        foreach (var ordering in Enum.GetValues<LicenseOrdering>())
            foreach (var (name, filter) in Licenses())
                await AddAsync(cases, "licenses", $"{name}, by {ordering}", null, request => database.Get<LicenseQueries>().ReadAsync(filter, ordering, request), () => database.Get<LicenseQueries>().CountAsync(filter));
        foreach (var (name, filter) in Audits())
            await AddAsync(cases, "audit", name, null, request => database.Get<AuditQueries>().ReadAsync(Actor.CommandLine, filter, request), async () => (await database.Get<AuditQueries>().CountAsync(Actor.CommandLine, filter)).Number);
        cases.Add(new ListCase("overview", "", "numbers and lists", async () => (await database.Get<Overview>().ReadAsync()).Newest.Count));
        foreach (var span in Enum.GetValues<ChartSpan>()) cases.Add(new ListCase("overview", "", $"chart, {span}", async () => (await database.Get<Overview>().ReadChartAsync(span)).Steps.Count));
        cases.Add(new ListCase("overview", "", "most likely shared", async () => (await database.Get<Overview>().ReadSharedAsync()).Count));
        var shared = (await database.Get<SharingRanking>().ReadAsync()).Select(license => license.LicenseId).ToList();
        cases.Add(new ListCase("licenses", "signs of sharing", "first", async () => (await database.Get<LicenseQueries>().ReadRankedAsync(new(Among: shared), PageRequest.First)).Items.Count));
        return cases;
    }

    // What matches too much is to be told at once.
    private static async Task<int> RefusedAsync<T>(Func<PageRequest, Task<Page<T>>> readAsync)
    {
        try
        {
            return (await readAsync(PageRequest.First)).Items.Count;
        }
        catch (TooManyMatchException)
        {
            return 0;
        }
    }

    private static IEnumerable<(string Name, AuditFilter Filter)> Audits()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        yield return ("none", new());
        yield return ("who", new(Actor: Start("person1@")));
        yield return ("who, nobody", new(Actor: Start("zzz")));
        yield return ("did what", new(Action: Start("license.")));
        yield return ("to what", new(TargetKind: "license", Target: Exact("77")));
        yield return ("7 days, who", new(From: now.AddDays(-7), Actor: Start("person1@")));
    }

    private static async Task AddAsync<T>(List<ListCase> cases, string list, string name, string? far, Func<PageRequest, Task<Page<T>>> readAsync, Func<Task<int>> countAsync)
    {
        Add("first", PageRequest.First);
        var first = await readAsync(PageRequest.First);
        if (first.Next is not null)
        {
            Add("next", new PageRequest(After: first.Next));
            var second = await readAsync(new PageRequest(After: first.Next));
            if (second.Previous is not null) Add("previous", new PageRequest(Before: second.Previous));
        }

        if (far is not null)
        {
            Add("far back", new PageRequest(After: far));
            Add("far back, newer", new PageRequest(Before: far));
        }

        cases.Add(new ListCase(list, name, "count", countAsync));

        void Add(string part, PageRequest request) => cases.Add(new ListCase(list, name, part, async () => (await readAsync(request)).Items.Count));
    }

    private IEnumerable<(string Name, SessionFilter Filter)> Sessions()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        yield return ("none", new());
        yield return ("license", new(LicenseId: values.License));
        yield return ("license, busy", new(LicenseId: values.BusyLicense));
        yield return ("customer, exact", new(Customer: Exact(values.Email)));
        yield return ("customer, few begin so", new(Customer: Start(values.Email[..^8])));
        yield return ("customer, many begin so", new(Customer: Start("a")));
        yield return ("customer, 700 begin so", new(Customer: Start("ada.10")));
        yield return ("customer, nobody", new(Customer: Start("zzz")));
        yield return ("words, one customer", new(Words: values.Email));
        yield return ("words, a name and a house", new(Words: $"{values.Email[..values.Email.IndexOf('@', StringComparison.Ordinal)]} example"));
        yield return ("words, hundreds of licenses", new(Words: "chiara.2@"));
        yield return ("words, nobody", new(Words: "zzzz"));
        yield return ("words, the end of a key", new(Words: values.Key[^4..]));
        yield return ("words, one customer, TimedOut", new(Words: values.Email, End: EndReason.TimedOut));
        yield return ("words, one customer, 7 days", new(Words: values.Email, From: now.AddDays(-7)));
        yield return ("device's name, exact", new(Named: Exact("pc-77")));
        yield return ("device's name, hundreds begin so", new(Named: Start("pc-777")));
        yield return ("device's name, of one customer", new(Words: values.Email, Named: Start("pc-")));
        yield return ("device's name, nobody's", new(Named: Start("studio")));
        yield return ("device, exact", new(Device: Exact(values.Device)));
        yield return ("device, few begin so", new(Device: Start(values.Device[..6])));
        yield return ("device, many begin so", new(Device: Start("7")));
        yield return ("device, none", new(Device: Start("zz")));
        yield return ("address, exact", new(Address: Exact(values.Address)));
        yield return ("address, exact and shared", new(Address: Exact(values.SharedAddress)));
        yield return ("address, few begin so", new(Address: Start(values.Address)));
        yield return ("address, many begin so", new(Address: Start("1")));
        yield return ("address, 40,000 begin so", new(Address: Start("203.0.0.1")));
        foreach (var end in new[] { EndReason.Released, EndReason.ForcedLogout, EndReason.SeatsReduced, EndReason.LicenseDeleted }) yield return ($"ended by {end}", new(End: end));
        yield return ("live", new(IsLive: true));
        yield return ("7 days", new(From: now.AddDays(-7)));
        yield return ("a day, half a year ago", new(From: now.AddDays(-180), To: now.AddDays(-179)));
        yield return ("7 days, ended by ForcedLogout", new(From: now.AddDays(-7), End: EndReason.ForcedLogout));
        yield return ("7 days, ended by LicenseDeleted", new(From: now.AddDays(-7), End: EndReason.LicenseDeleted));
        yield return ("7 days, many addresses", new(From: now.AddDays(-7), Address: Start("1")));
        yield return ("license, ended by LicenseDeleted", new(LicenseId: values.BusyLicense, End: EndReason.LicenseDeleted));
        yield return ("many addresses, ended by LicenseDeleted", new(Address: Start("1"), End: EndReason.LicenseDeleted));
        yield return ("many addresses, live", new(Address: Start("1"), IsLive: true));
        yield return ("many customers, ended by SeatsReduced", new(Customer: Start("a"), End: EndReason.SeatsReduced));
        yield return ("many customers, many addresses", new(Customer: Start("a"), Address: Start("11")));
        yield return ("many customers, one address", new(Customer: Start("a"), Address: Exact(values.Address)));
        yield return ("many devices, many addresses, ended by SeatsReduced", new(Device: Start("7"), Address: Start("1"), End: EndReason.SeatsReduced));
        yield return ("one of many devices, Released", new(Device: Start("7a"), End: EndReason.Released));
        yield return ("three that many have, together rare", new(Device: Start("7"), Address: Start("203.0.0.1"), Customer: Start("ada.1")));
        yield return ("address that no such device has", new(Device: Start("7"), Address: Start("203.0.0.1"), Customer: Start("ada.1"), End: EndReason.KeyReplaced));
    }

    private IEnumerable<(string Name, EventFilter Filter)> Events()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        yield return ("none", new());
        yield return ("license", new(LicenseId: values.License));
        yield return ("license, busy", new(LicenseId: values.BusyLicense));
        yield return ("session", new(SessionId: values.Session));
        yield return ("customer, exact", new(Customer: Exact(values.Email)));
        yield return ("customer, many begin so", new(Customer: Start("a")));
        yield return ("words, one customer", new(Words: values.Email));
        yield return ("words, hundreds of licenses", new(Words: "chiara.2@"));
        yield return ("words, nobody", new(Words: "zzzz"));
        yield return ("words, one customer, conflicts", new(Words: values.Email, Kind: EventKind.Refused, Code: "session_conflict"));
        yield return ("device's name, exact", new(Named: Exact("pc-77")));
        yield return ("device's name, of one customer", new(Words: values.Email, Named: Start("pc-")));
        yield return ("device, exact", new(Device: Exact(values.Device)));
        yield return ("device, many begin so", new(Device: Start("7")));
        yield return ("address, exact and shared", new(Address: Exact(values.SharedAddress)));
        yield return ("address, many begin so", new(Address: Start("1")));
        foreach (var kind in new[] { EventKind.LoggedIn, EventKind.Refused, EventKind.RateLimited, EventKind.KeptOut }) yield return ($"kind {kind}", new(Kind: kind));
        yield return ("conflicts", new(Kind: EventKind.Refused, Code: "session_conflict"));
        yield return ("key replaced", new(Kind: EventKind.LicenseChanged, Code: "key_replaced"));
        yield return ("suspended, as an end", new(Kind: EventKind.Ended, Code: "license_suspended"));
        yield return ("suspended, as a change", new(Kind: EventKind.LicenseChanged, Code: "license_suspended"));
        yield return ("expired, as a refusal", new(Kind: EventKind.Refused, Code: "license_expired"));
        yield return ("three that many have, together rare", new(Device: Start("7"), Address: Start("203.0.0.1"), Customer: Start("ada.1")));
        yield return ("7 days", new(From: now.AddDays(-7)));
        yield return ("a day, half a year ago", new(From: now.AddDays(-180), To: now.AddDays(-179)));
        yield return ("a day before all", new(From: now.AddDays(-900), To: now.AddDays(-899)));
        yield return ("7 days, conflicts", new(From: now.AddDays(-7), Kind: EventKind.Refused, Code: "session_conflict"));
        yield return ("license, conflicts", new(LicenseId: values.BusyLicense, Kind: EventKind.Refused, Code: "session_conflict"));
        yield return ("many addresses, kind RateLimited", new(Address: Start("1"), Kind: EventKind.RateLimited));
        yield return ("many addresses, key replaced", new(Address: Start("1"), Kind: EventKind.LicenseChanged, Code: "key_replaced"));
        yield return ("many customers, conflicts", new(Customer: Start("a"), Kind: EventKind.Refused, Code: "session_conflict"));
        yield return ("many customers, unknown keys", new(Customer: Start("a"), Kind: EventKind.Refused, Code: "unknown_key"));
        yield return ("shared address, unknown keys", new(Address: Exact(values.SharedAddress), Kind: EventKind.Refused, Code: "unknown_key"));
    }

    private IEnumerable<(string Name, LicenseFilter Filter)> Licenses()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        yield return ("none", new());
        yield return ("a whole key", new(Search: values.Key));
        yield return ("the end of a key", new(Search: values.Key[^4..]));
        yield return ("a customer", new(Search: values.Email));
        yield return ("a word that many have", new(Search: "example"));
        yield return ("a word that nobody has", new(Search: "zzzz"));
        foreach (var standing in Enum.GetValues<LicenseStanding>()) yield return ($"{standing}", new(Standing: standing));
        yield return ("plan", new(Plan: "TRIAL"));
        yield return ("a plan that none has", new(Plan: "NONE"));
        yield return ("expires in 7 days", new(Standing: LicenseStanding.Active, ExpiresFrom: now, ExpiresTo: now.AddDays(7)));
        yield return ("suspended, plan, word", new(Standing: LicenseStanding.Suspended, Plan: "TRIAL", Search: "zzzz"));
    }

    private static TextMatch Exact(string text) => new(text, IsExact: true);

    private static TextMatch Start(string text) => new(text, IsExact: false);
}
