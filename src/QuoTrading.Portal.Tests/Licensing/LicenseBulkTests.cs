using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Licensing;

public sealed class LicenseBulkTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private IReadOnlyList<LicenseTarget> targets = [];

    private LicenseBulk Bulk => database.Get<LicenseBulk>();

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing());
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Days(30), Count: 3));
        await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("b@example.com", new LicenseTerm.Lifetime()));
        targets = await database.Get<LicenseQueries>().TargetsAsync(new LicenseFilter(), 10);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Each_license_says_what_became_of_it()
    {
        await RunAsync(Actors.Administrator, targets.Skip(3), new BulkAction.Change(new LicenseChange.Suspend()));
        await RunAsync(Actors.Administrator, targets.Skip(2).Take(1), new BulkAction.Change(new LicenseChange.Cancel()));
        LicenseTarget[] some = [.. targets, new LicenseTarget(-1, "gone@example.com", "X")];
        Assert.Equal([BulkFate.Done, BulkFate.Done, BulkFate.Refused, BulkFate.Unchanged, BulkFate.Unchanged],
            (await RunAsync(Actors.Support, some, new BulkAction.Change(new LicenseChange.Suspend()))).Select(result => result.Fate));
        Assert.Equal([BulkFate.Done, BulkFate.Done, BulkFate.Refused, BulkFate.Done],
            (await RunAsync(Actors.Support, targets, new BulkAction.Change(new LicenseChange.Reactivate()))).Select(result => result.Fate));
    }

    [Fact]
    public async Task Stopped_half_way_it_keeps_what_is_done()
    {
        using var stop = new CancellationTokenSource();
        var done = new List<BulkResult>();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in Bulk.RunAsync(Actors.Administrator, targets, new BulkAction.Delete(), cancel: stop.Token))
            {
                done.Add(result);
                if (done.Count == 2) await stop.CancelAsync();
            }
        });
        Assert.Equal(2, done.Count);
        await using var context = database.OpenContext();
        Assert.Equal(2, await context.Licenses.CountAsync());
    }

    [Fact]
    public async Task What_the_role_may_never_do_is_refused_as_a_whole()
    {
        await Assert.ThrowsAsync<ForbiddenException>(() => RunAsync(Actors.Support, targets, new BulkAction.Delete()));
        await Assert.ThrowsAsync<ForbiddenException>(() => RunAsync(Actors.Viewer, targets, new BulkAction.Change(new LicenseChange.Extend(7))));
    }

    [Fact]
    public async Task Extending_to_a_day_never_shortens()
    {
        var now = database.Time.Now.UtcDateTime;
        var results = await RunAsync(Actors.Support, targets, new BulkAction.Change(new LicenseChange.ExtendTo(now.AddDays(20))));
        Assert.All(results, result => Assert.Equal(BulkFate.Refused, result.Fate));
        Assert.Contains("never expires", results[0].Why, StringComparison.Ordinal);
        results = await RunAsync(Actors.Support, targets, new BulkAction.Change(new LicenseChange.ExtendTo(now.AddDays(40))));
        Assert.Equal(3, results.Count(result => result.Fate == BulkFate.Done));
    }

    [Fact]
    public async Task A_whole_key_is_known_for_one_and_part_of_it_is_not()
    {
        var made = Assert.IsType<IssueOutcome.Issued>(await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("c@example.com", new LicenseTerm.Lifetime())));
        var queries = database.Get<LicenseQueries>();
        Assert.True(await queries.NamesKeyAsync($"anna {made.Licenses[0].Key.ToLowerInvariant()}"));
        Assert.False(await queries.NamesKeyAsync(made.Licenses[0].Key[..12]));
        Assert.False(await queries.NamesKeyAsync(null));
    }

    private async Task<List<BulkResult>> RunAsync(Actor actor, IEnumerable<LicenseTarget> some, BulkAction action)
    {
        var results = new List<BulkResult>();
        await foreach (var result in Bulk.RunAsync(actor, some.ToList(), action)) results.Add(result);
        return results;
    }
}
