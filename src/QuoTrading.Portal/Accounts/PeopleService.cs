using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// What an administrator changes about the accounts of the portal. At least one enabled administrator is always left. A change that
/// takes rights away signs the person out: open pages within <see cref="CircuitRevalidation.Interval"/>.
/// </summary>
public sealed class PeopleService(Writer writer, IDbContextFactory<PortalDbContext> contexts, IServiceScopeFactory scopes, AuditLog audit)
{
    /// <summary>How long an unused link to set a password works.</summary>
    public const int LinkDays = 3;

    private const string Purpose = "set-password";

    // Marks a disabled account. A lock-out after failures never reaches this date.
    private static readonly DateTimeOffset ForGood = DateTimeOffset.MaxValue;

    /// <summary>All accounts, by e-mail address.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    public async Task<IReadOnlyList<PersonItem>> ListAsync(Actor actor, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var roles = (await db.UserRoles.Join(db.Roles, link => link.RoleId, role => role.Id, (link, role) => new { link.UserId, role.Name }).ToListAsync(cancel))
            .ToLookup(role => role.UserId, role => role.Name, StringComparer.Ordinal);
        var people = await db.Users.AsNoTracking().OrderBy(user => user.NormalizedEmail).ToListAsync(cancel);
        return people.ConvertAll(user => new PersonItem(user.Id, user.Email!, Highest(roles[user.Id]), IsDisabled(user), user.PasswordHash is null, user.TwoFactorEnabled, user.CreatedAt, user.LastSignInAt));
    }

    /// <summary>Creates an account without a password, and a link with which the person sets one.</summary>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<PersonOutcome> InviteAsync(Actor actor, string email, PortalRole role)
    {
        actor.Require(PortalRole.Administrator);
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<People>().InviteAsync(actor, email, role) switch
        {
            PersonCreation.Created created => new PersonOutcome.Done(await LinkAsync(scope.ServiceProvider, created.UserId)),
            PersonCreation.Refused refused => new PersonOutcome.Refused(refused.Message),
            _ => throw new InvalidOperationException("Only set-up can be closed."),
        };
    }

    /// <summary>
    /// Makes a new link for a person who lost the password or the link. Older links and the old password stop working, and the person is
    /// signed out.
    /// </summary>
    /// <inheritdoc cref="ListAsync"/>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<PersonOutcome> ResetAsync(Actor actor, string userId)
    {
        var outcome = await ChangeAsync(actor, userId, "account.reset", (_, user, _) =>
        {
            user.PasswordHash = null;
            user.LockoutEnd = IsDisabled(user) ? user.LockoutEnd : null;
            user.AccessFailedCount = 0;
            return Task.FromResult<string?>(null);
        });
        if (outcome is not PersonOutcome.Done) return outcome;
        await using var scope = scopes.CreateAsyncScope();
        return new PersonOutcome.Done(await LinkAsync(scope.ServiceProvider, userId));
    }

    /// <summary>Gives the account another role, and signs the person out.</summary>
    /// <inheritdoc cref="ResetAsync"/>
    public Task<PersonOutcome> SetRoleAsync(Actor actor, string userId, PortalRole role) => ChangeAsync(actor, userId, "account.role", async (db, user, before) =>
    {
        if (before == role) return null;
        var known = await db.Roles.ToDictionaryAsync(r => r.Name!, r => r.Id);
        if (!known.TryGetValue(role.ToString(), out var id))
        {
            var added = new IdentityRole(role.ToString()) { NormalizedName = role.ToString().ToUpperInvariant() };
            db.Roles.Add(added);
            id = added.Id;
        }

        db.UserRoles.RemoveRange(await db.UserRoles.Where(link => link.UserId == user.Id).ToListAsync());
        db.UserRoles.Add(new IdentityUserRole<string> { UserId = user.Id, RoleId = id });
        return null;
    }, role < PortalRole.Administrator, new { role = role.ToString() });

    /// <summary>Prevents sign-in with the account until it is enabled again.</summary>
    /// <inheritdoc cref="ResetAsync"/>
    public Task<PersonOutcome> DisableAsync(Actor actor, string userId) => ChangeAsync(actor, userId, "account.disable", (_, user, _) =>
    {
        user.LockoutEnd = ForGood;
        return Task.FromResult<string?>(null);
    }, endsAdministrator: true);

    /// <summary>Enables a disabled account, and ends a lock-out.</summary>
    /// <inheritdoc cref="ResetAsync"/>
    public Task<PersonOutcome> EnableAsync(Actor actor, string userId) => ChangeAsync(actor, userId, "account.enable", (_, user, _) =>
    {
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        return Task.FromResult<string?>(null);
    });

    /// <summary>Signs the person out everywhere; a new sign-in stays possible.</summary>
    /// <inheritdoc cref="ResetAsync"/>
    public Task<PersonOutcome> SignOutAsync(Actor actor, string userId) =>
        ChangeAsync(actor, userId, "account.sign_out_everywhere", (_, _, _) => Task.FromResult<string?>(null));

    /// <summary>
    /// For a person who lost the phone: the password alone is enough again, until the person turns two-step sign-in on anew. The person is
    /// signed out.
    /// </summary>
    /// <inheritdoc cref="ResetAsync"/>
    public Task<PersonOutcome> ResetTwoStepAsync(Actor actor, string userId) => ChangeAsync(actor, userId, "account.two_step_reset", async (db, user, _) =>
    {
        if (!user.TwoFactorEnabled) return "This account does not use two-step sign-in.";
        await TwoStepStore.ForgetAsync(db, user);
        return null;
    });

    /// <summary>The e-mail address of the account that a link is for; null if the link is used, too old or invalid.</summary>
    public async Task<string?> FindByLinkAsync(string? userId, string? code)
    {
        await using var scope = scopes.CreateAsyncScope();
        return (await FindAsync(scope.ServiceProvider, userId, code))?.Email;
    }

    /// <summary>Sets the password of the account that the link is for.</summary>
    /// <returns>What is wrong, for display; null on success.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<string?> SetPasswordAsync(string? userId, string? code, string password, string? address)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        if (await People.CheckPasswordAsync(users, password) is { } wrong) return wrong;
        if (await FindAsync(scope.ServiceProvider, userId, code) is not { } found) return "This link has been used, or is too old. Ask an administrator for a new one.";
        return await writer.RunAsync(async unit =>
        {
            // Only with the stamp that the link was made for: of two concurrent uses of one link, one is refused.
            var user = await unit.Db.Users.SingleOrDefaultAsync(u => u.Id == found.Id && u.SecurityStamp == found.SecurityStamp);
            if (user is null) return "This link has been used. Ask an administrator for a new one.";
            user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
            Touch(user);
            audit.Add(unit.Db, new Actor(ActorKind.Person, user.Email!, PortalRole.Viewer, address), "account.password_set", "account", user.Email!);
            return null;
        });
    }

    private async Task<PersonOutcome> ChangeAsync(Actor actor, string userId, string action, Func<PortalDbContext, PortalUser, PortalRole, Task<string?>> change,
        bool endsAdministrator = false, object? after = null)
    {
        actor.Require(PortalRole.Administrator);
        return await writer.RunAsync<PersonOutcome>(async unit =>
        {
            var db = unit.Db;
            var user = await db.Users.SingleOrDefaultAsync(u => u.Id == userId);
            if (user is null) return new PersonOutcome.Refused("This account is no longer there.");
            var roles = await db.Roles.Where(role => db.UserRoles.Any(link => link.UserId == userId && link.RoleId == role.Id)).Select(role => role.Name).ToListAsync();
            var before = Highest(roles);
            if (endsAdministrator && before == PortalRole.Administrator && !await AnyOtherAdministratorAsync(db, userId))
                return new PersonOutcome.Refused("This is the last administrator: make another one first.");
            if (await change(db, user, before) is { } refused) return new PersonOutcome.Refused(refused);
            Touch(user);
            audit.Add(db, actor, action, "account", user.Email!, before: after is null ? null : new { role = before.ToString() }, after: after);
            return new PersonOutcome.Done();
        });
    }

    private static async Task<bool> AnyOtherAdministratorAsync(PortalDbContext db, string userId)
    {
        var name = nameof(PortalRole.Administrator);
        var others = await db.Users.Where(user => user.Id != userId && user.PasswordHash != null
            && db.UserRoles.Any(link => link.UserId == user.Id && db.Roles.Any(role => role.Id == link.RoleId && role.Name == name))).ToListAsync();
        return others.Exists(user => !IsDisabled(user));
    }

    private static async Task<string> LinkAsync(IServiceProvider services, string userId)
    {
        var users = services.GetRequiredService<UserManager<PortalUser>>();
        var user = await users.FindByIdAsync(userId) ?? throw new InvalidOperationException("The account was just made.");
        var code = await users.GenerateUserTokenAsync(user, TokenOptions.DefaultProvider, Purpose);
        return string.Create(CultureInfo.InvariantCulture, $"/set-password?user={userId}&code={WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(code))}");
    }

    private static async Task<PortalUser?> FindAsync(IServiceProvider services, string? userId, string? code)
    {
        if (userId is not { Length: > 0 and <= 100 } || code is not { Length: > 0 and <= 2000 }) return null;
        var users = services.GetRequiredService<UserManager<PortalUser>>();
        if (await users.FindByIdAsync(userId) is not { } user || IsDisabled(user)) return null;
        try
        {
            var token = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(code));
            return await users.VerifyUserTokenAsync(user, TokenOptions.DefaultProvider, Purpose, token) ? user : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsDisabled(PortalUser user) => user.LockoutEnd == ForGood;

    private static PortalRole Highest(IEnumerable<string?> roles) =>
        roles.Select(name => Enum.TryParse<PortalRole>(name, out var role) ? role : PortalRole.Viewer).DefaultIfEmpty(PortalRole.Viewer).Max();

    // The security stamp ends the person's sign-ins; the concurrency stamp fails a sign-in that read the account earlier and would
    // overwrite this change.
    private static void Touch(PortalUser user)
    {
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
    }
}
