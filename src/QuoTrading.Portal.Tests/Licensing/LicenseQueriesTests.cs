using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class LicenseQueriesTests : IAsyncLifetime
{
    private readonly List<IssuedLicense> licenses = [];
    private TestDatabase database = null!;

    private LicenseQueries Queries => database.Get<LicenseQueries>();

    private DateTime Now => database.Time.Now.UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing());
        for (var i = 0; i < 30; i++)
        {
            LicenseTerm term = i % 3 == 0 ? new LicenseTerm.Lifetime() : new LicenseTerm.Days(1 + i);
            var issued = await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator,
                new($"c{i % 7}@example.com", term, i % 2 == 0 ? "MONTHLY" : "YEARLY", CustomerName: i % 7 == 3 ? "Ann_a 100%" : null));
            licenses.AddRange(Assert.IsType<IssueOutcome.Issued>(issued).Licenses);
        }

        await database.Get<LicenseService>().ChangeAsync(Actors.Administrator, licenses[0].Id, new LicenseChange.Suspend());
        await database.Get<LicenseService>().ChangeAsync(Actors.Administrator, licenses[1].Id, new LicenseChange.Cancel());
        await database.Get<LicenseService>().ChangeAsync(Actors.Administrator, licenses[2].Id, new LicenseChange.SetExpiry(Now.AddDays(-1)));
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_key_is_found_by_the_groups_that_somebody_reads_out_and_whole_however_it_is_written()
    {
        var key = licenses[5].Key;
        foreach (var said in new[] { key[..5], key[^5..], key[^5..].ToLowerInvariant(), key[^11..], key, key.Replace("-", "", StringComparison.Ordinal), key.Replace('-', ' '), key + "." })
            Assert.Contains(licenses[5].Id, (await Queries.ReadAsync(new(Search: said), LicenseOrdering.Newest, new PageRequest())).Items.Select(item => item.Id));
        Assert.Equal(licenses[5].Id, Assert.Single((await Queries.ReadAsync(new(Search: key.Replace('-', ' ')), LicenseOrdering.Newest, new PageRequest())).Items).Id);
    }

    [Fact]
    public async Task A_ranking_keeps_its_order_over_its_pages_and_filters_narrow_it()
    {
        List<long> ranking = [licenses[9].Id, licenses[1].Id, licenses[20].Id, 4711, licenses[4].Id, licenses[15].Id];
        var first = await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(Size: 2));
        var second = await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(After: first.Next, Size: 2));
        var third = await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(After: second.Next, Size: 2));
        Assert.Equal(ranking.Where(id => id != 4711), first.Items.Concat(second.Items).Concat(third.Items).Select(item => item.Id));
        Assert.Equal((null, null), (first.Previous, third.Next));
        Assert.Equal(first.Items, (await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(Before: second.Previous, Size: 2))).Items);
        Assert.Equal(licenses[1].Id, Assert.Single((await Queries.ReadRankedAsync(new(Standing: LicenseStanding.Cancelled, Among: ranking), new PageRequest())).Items).Id);
        Assert.Equal(5, await Queries.CountAsync(new(Among: ranking)));
        Assert.Empty((await Queries.ReadRankedAsync(new(Among: []), new PageRequest())).Items);
        // The license of the key is deleted, or shows no signs any more: the list begins at its beginning.
        Assert.Equal(first.Items, (await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(Before: "999999", Size: 2))).Items);
        Assert.Equal(first.Items, (await Queries.ReadRankedAsync(new(Among: ranking), new PageRequest(After: "999999", Size: 2))).Items);
    }

    [Theory]
    [InlineData(LicenseOrdering.Newest, null)]
    [InlineData(LicenseOrdering.Expiry, null)]
    [InlineData(LicenseOrdering.Customer, null)]
    [InlineData(LicenseOrdering.Newest, "example")]
    [InlineData(LicenseOrdering.Expiry, "example")]
    [InlineData(LicenseOrdering.Customer, "example")]
    public async Task Every_order_pages_forth_and_back_over_every_license_once(LicenseOrdering ordering, string? search)
    {
        var seen = new List<LicenseItem>();
        var request = new PageRequest(Size: 7);
        Page<LicenseItem> page;
        do
        {
            page = await Queries.ReadAsync(new(Search: search), ordering, request);
            seen.AddRange(page.Items);
            request = request with { After = page.Next };
        }
        while (page.Next is not null);

        Assert.Equal(30, seen.Select(item => item.Id).Distinct().Count());
        Assert.Equal(30, seen.Count);
        var sorted = ordering switch
        {
            LicenseOrdering.Newest => seen.OrderByDescending(item => item.Id),
            LicenseOrdering.Expiry => seen.OrderBy(item => item.ExpiresAt ?? DateTime.MaxValue).ThenBy(item => item.Id),
            _ => seen.OrderBy(item => item.CustomerEmail, StringComparer.Ordinal).ThenBy(item => item.Id),
        };
        Assert.Equal(sorted.Select(item => item.Id), seen.Select(item => item.Id));

        var back = await Queries.ReadAsync(new(Search: search), ordering, new(Before: page.Previous, Size: 7));
        Assert.Equal(seen.Skip(21).Take(7).Select(item => item.Id), back.Items.Select(item => item.Id));
    }

    [Fact]
    public async Task A_whole_key_finds_exactly_its_license_and_words_find_what_has_them_all()
    {
        var found = await Queries.ReadAsync(new(Search: $" {licenses[5].Key.ToLowerInvariant()} "), LicenseOrdering.Newest, PageRequest.First);
        Assert.Equal(licenses[5].Id, Assert.Single(found.Items).Id);
        Assert.Equal(licenses[5].Id, (await Queries.FindByKeyAsync(licenses[5].Key))!.Id);

        Assert.Equal(4, await Queries.CountAsync(new(Search: "C2@example")));
        Assert.Equal(4, await Queries.CountAsync(new(Search: "ann_a 100%")));
        Assert.Equal(0, await Queries.CountAsync(new(Search: "ann%a")));
        Assert.Equal(1, await Queries.CountAsync(new(Search: licenses[8].Key[^4..] + " c1@")));
    }

    [Fact]
    public async Task Standings_are_told_apart_by_status_and_expiry()
    {
        Assert.Equal(1, await Queries.CountAsync(new(Standing: LicenseStanding.Suspended)));
        Assert.Equal(1, await Queries.CountAsync(new(Standing: LicenseStanding.Cancelled)));
        Assert.Equal(1, await Queries.CountAsync(new(Standing: LicenseStanding.Expired)));
        Assert.Equal(27, await Queries.CountAsync(new(Standing: LicenseStanding.Active)));
        Assert.Equal(14, await Queries.CountAsync(new(Plan: "YEARLY", Standing: LicenseStanding.Active)));
        Assert.Equal(3, await Queries.CountAsync(new(ExpiresFrom: Now, ExpiresTo: Now.AddDays(7))));
        Assert.Equal(new LicenseNumbers(27, 1, 1, 1, 2, 18), await Queries.CountStandingsAsync());
        Assert.Equal(["MONTHLY", "YEARLY"], await Queries.PlansAsync());
        Assert.Equal(LicenseStanding.Expired, (await Queries.FindAsync(licenses[2].Id))!.StandingAt(Now));
    }
}
