using System.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class PeopleServiceTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private TestDatabase database = null!;
    private string owner = null!;

    private PeopleService Service => database.Get<PeopleService>();

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddAccountsCore());
        owner = await CreateAsync("owner@example.com", PortalRole.Administrator);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task An_invitation_gives_a_link_that_sets_a_password_once()
    {
        var done = Assert.IsType<PersonOutcome.Done>(await Service.InviteAsync(Actors.Administrator, "New@Example.com", PortalRole.Support));
        var (user, code) = Read(done.Link!);
        var invited = (await Service.ListAsync(Actors.Administrator)).Single(person => person.Email == "New@Example.com");
        Assert.Equal((PortalRole.Support, true, false), (invited.Role, invited.IsInvited, invited.IsDisabled));

        Assert.Equal("New@Example.com", await Service.FindByLinkAsync(user, code));
        Assert.NotNull(await Service.SetPasswordAsync(user, code, "short", null));
        Assert.Null(await Service.SetPasswordAsync(user, code, Password, "192.0.2.1"));
        Assert.Null(await Service.FindByLinkAsync(user, code));
        Assert.NotNull(await Service.SetPasswordAsync(user, code, "another long password", null));
        Assert.False((await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == user).IsInvited);

        await using var db = database.OpenContext();
        Assert.Equal(["account.invite", "account.password_set"], await db.AuditEntries.Where(a => a.Target == "New@Example.com").OrderBy(a => a.Id).Select(a => a.Action).ToListAsync());
        Assert.DoesNotContain(await db.AuditEntries.ToListAsync(), a => (a.After + a.Before).Contains(code, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("x", "%%%")]
    public async Task What_is_no_link_finds_nobody(string? user, string? code)
    {
        Assert.Null(await Service.FindByLinkAsync(user, code));
        Assert.Null(await Service.FindByLinkAsync(owner, code));
    }

    [Fact]
    public async Task Of_many_who_use_one_link_at_once_exactly_one_sets_the_password()
    {
        var (user, code) = Read(Assert.IsType<PersonOutcome.Done>(await Service.InviteAsync(Actors.Administrator, "new@example.com", PortalRole.Viewer)).Link!);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Service.SetPasswordAsync(user, code, Password + i, null))));
        Assert.Single(results, result => result is null);
    }

    [Fact]
    public async Task A_reset_ends_the_old_password_and_the_sign_ins()
    {
        var id = await CreateAsync("support@example.com", PortalRole.Support);
        var before = await FindAsync(id);
        var (user, code) = Read(Assert.IsType<PersonOutcome.Done>(await Service.ResetAsync(Actors.Administrator, id)).Link!);
        var after = await FindAsync(id);
        Assert.Null(after.PasswordHash);
        Assert.NotEqual(before.SecurityStamp, after.SecurityStamp);
        Assert.Null(await Service.SetPasswordAsync(user, code, "another long password", null));
    }

    [Fact]
    public async Task Whoever_is_disabled_is_signed_out_and_his_links_are_dead_until_he_is_enabled()
    {
        var id = await CreateAsync("support@example.com", PortalRole.Support);
        var (user, code) = Read(Assert.IsType<PersonOutcome.Done>(await Service.ResetAsync(Actors.Administrator, id)).Link!);
        var before = await FindAsync(id);
        Assert.IsType<PersonOutcome.Done>(await Service.DisableAsync(Actors.Administrator, id));
        Assert.True((await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == id).IsDisabled);
        Assert.NotEqual(before.SecurityStamp, (await FindAsync(id)).SecurityStamp);
        Assert.Null(await Service.FindByLinkAsync(user, code));
        await using (var scope = database.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            Assert.True(await users.IsLockedOutAsync((await users.FindByIdAsync(id))!));
        }

        Assert.IsType<PersonOutcome.Done>(await Service.EnableAsync(Actors.Administrator, id));
        Assert.False((await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == id).IsDisabled);
    }

    [Fact]
    public async Task A_reset_of_two_step_sign_in_takes_its_secrets_away_and_signs_out()
    {
        var id = await CreateAsync("support@example.com", PortalRole.Support);
        Assert.IsType<PersonOutcome.Refused>(await Service.ResetTwoStepAsync(Actors.Administrator, id));
        await TurnTwoStepOnAsync(id);
        Assert.True((await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == id).HasTwoStep);
        Assert.False((await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == owner).HasTwoStep);
        var before = await FindAsync(id);

        Assert.IsType<PersonOutcome.Done>(await Service.ResetTwoStepAsync(Actors.Administrator, id));
        var after = await FindAsync(id);
        Assert.Equal((false, before.PasswordHash), (after.TwoFactorEnabled, after.PasswordHash));
        Assert.NotEqual(before.SecurityStamp, after.SecurityStamp);
        await using var db = database.OpenContext();
        Assert.Empty(await db.UserTokens.ToListAsync());
        Assert.Equal("account.two_step_reset", await db.AuditEntries.Where(a => a.Target == "support@example.com").OrderByDescending(a => a.Id).Select(a => a.Action).FirstAsync());
    }

    [Fact]
    public async Task Who_read_an_account_before_an_administrator_changed_it_does_not_write_it_back()
    {
        var id = await CreateAsync("support@example.com", PortalRole.Support);
        await TurnTwoStepOnAsync(id);
        await using var scope = database.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var read = (await users.FindByIdAsync(id))!;
        Assert.IsType<PersonOutcome.Done>(await Service.ResetTwoStepAsync(Actors.Administrator, id));
        Assert.IsType<PersonOutcome.Done>(await Service.DisableAsync(Actors.Administrator, id));
        Assert.False((await users.UpdateAsync(read)).Succeeded);
        var after = await FindAsync(id);
        Assert.Equal((false, DateTimeOffset.MaxValue), (after.TwoFactorEnabled, after.LockoutEnd));
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        Assert.IsType<PersonOutcome.Refused>(await Service.DisableAsync(Actors.Administrator, owner));
        Assert.IsType<PersonOutcome.Refused>(await Service.SetRoleAsync(Actors.Administrator, owner, PortalRole.Viewer));

        // One who has no password yet, or is disabled, lets nobody in.
        Assert.IsType<PersonOutcome.Done>(await Service.InviteAsync(Actors.Administrator, "invited@example.com", PortalRole.Administrator));
        Assert.IsType<PersonOutcome.Refused>(await Service.DisableAsync(Actors.Administrator, owner));
        var second = await CreateAsync("second@example.com", PortalRole.Administrator);
        Assert.IsType<PersonOutcome.Done>(await Service.SetRoleAsync(Actors.Administrator, owner, PortalRole.Viewer));
        Assert.IsType<PersonOutcome.Refused>(await Service.SetRoleAsync(Actors.Administrator, second, PortalRole.Support));
        Assert.Equal(PortalRole.Viewer, (await Service.ListAsync(Actors.Administrator)).Single(person => person.Id == owner).Role);
    }

    [Fact]
    public async Task Two_administrators_who_demote_each_other_at_once_leave_one()
    {
        var second = await CreateAsync("second@example.com", PortalRole.Administrator);
        await Task.WhenAll(Task.Run(() => Service.SetRoleAsync(Actors.Administrator, owner, PortalRole.Viewer)), Task.Run(() => Service.SetRoleAsync(Actors.Administrator, second, PortalRole.Viewer)));
        Assert.Single(await Service.ListAsync(Actors.Administrator), person => person.Role == PortalRole.Administrator);
    }

    [Fact]
    public async Task Only_an_administrator_sees_and_changes_people()
    {
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.ListAsync(Actors.Support));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.InviteAsync(Actors.Support, "x@example.com", PortalRole.Viewer));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.ResetAsync(Actors.Support, owner));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.ResetTwoStepAsync(Actors.Support, owner));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.SetRoleAsync(Actors.Support, owner, PortalRole.Viewer));
        await Assert.ThrowsAsync<ForbiddenException>(() => Service.DisableAsync(Actors.Support, owner));
    }

    private static (string User, string Code) Read(string link)
    {
        var query = HttpUtility.ParseQueryString(new Uri(new Uri("http://localhost"), link).Query);
        return (query["user"]!, query["code"]!);
    }

    private async Task<string> CreateAsync(string email, PortalRole role)
    {
        await using var scope = database.Services.CreateAsyncScope();
        return Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(Actor.CommandLine, email, Password, role)).UserId;
    }

    private async Task TurnTwoStepOnAsync(string id)
    {
        await using var scope = database.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var user = (await users.FindByIdAsync(id))!;
        await users.ResetAuthenticatorKeyAsync(user);
        await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 10);
        await users.SetTwoFactorEnabledAsync(user, true);
    }

    private async Task<PortalUser> FindAsync(string id)
    {
        await using var db = database.OpenContext();
        return await db.Users.AsNoTracking().SingleAsync(user => user.Id == id);
    }
}
