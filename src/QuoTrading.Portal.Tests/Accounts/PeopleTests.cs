using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class PeopleTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(add: services => services.AddAccountsCore());

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_first_administrator_can_be_made_and_then_set_up_is_closed()
    {
        Assert.False(await With(people => people.AnyAdministratorAsync()));
        Assert.IsType<PersonCreation.Created>(await With(people => people.CreateFirstAdministratorAsync("owner@example.com", Password, "192.0.2.1")));
        Assert.True(await With(people => people.AnyAdministratorAsync()));
        Assert.IsType<PersonCreation.Closed>(await With(people => people.CreateFirstAdministratorAsync("other@example.com", Password, "192.0.2.2")));
    }

    [Fact]
    public async Task Of_many_who_set_up_at_once_exactly_one_wins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(() => With(people => people.CreateFirstAdministratorAsync($"owner{i}@example.com", Password, null)))));

        Assert.Single(results, result => result is PersonCreation.Created);
        Assert.Equal(7, results.Count(result => result is PersonCreation.Closed));
        await using var db = database.OpenContext();
        Assert.Equal(1, await db.Users.CountAsync());
    }

    [Fact]
    public async Task A_viewer_does_not_close_set_up()
    {
        await With(people => people.CreateAsync(Actor.CommandLine, "viewer@example.com", Password, PortalRole.Viewer));
        Assert.False(await With(people => people.AnyAdministratorAsync()));
    }

    [Theory]
    [InlineData("owner@example.com", "short")]
    [InlineData("owner@example.com", "")]
    [InlineData("no address", Password)]
    [InlineData("", Password)]
    public async Task A_weak_password_and_what_is_no_address_are_refused(string email, string password)
    {
        var refused = Assert.IsType<PersonCreation.Refused>(await With(people => people.CreateFirstAdministratorAsync(email, password, null)));
        Assert.NotEmpty(refused.Message);
        Assert.False(await With(people => people.AnyAdministratorAsync()));
    }

    [Fact]
    public async Task An_existing_address_is_refused_whatever_its_case()
    {
        await With(people => people.CreateAsync(Actor.CommandLine, "owner@example.com", Password, PortalRole.Administrator));
        Assert.IsType<PersonCreation.Refused>(
            await With(people => people.CreateAsync(Actor.CommandLine, "Owner@Example.com", Password, PortalRole.Administrator)));
    }

    [Fact]
    public async Task Only_an_administrator_makes_people()
    {
        var support = new Actor(ActorKind.Person, "support@example.com", PortalRole.Support);
        await Assert.ThrowsAsync<ForbiddenException>(() => With(people => people.CreateAsync(support, "a@example.com", Password, PortalRole.Viewer)));
    }

    [Fact]
    public async Task Set_up_is_audited_without_the_password()
    {
        await With(people => people.CreateFirstAdministratorAsync("owner@example.com", Password, "192.0.2.1"));
        await using var db = database.OpenContext();
        var entry = await db.AuditEntries.SingleAsync();
        Assert.Equal(("account.setup", "owner@example.com", "192.0.2.1"), (entry.Action, entry.Target, entry.Address));
        Assert.DoesNotContain(Password, entry.After, StringComparison.Ordinal);
    }

    private async Task<T> With<T>(Func<People, Task<T>> ask)
    {
        await using var scope = database.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<People>());
    }
}
