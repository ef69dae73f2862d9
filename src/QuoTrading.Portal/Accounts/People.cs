using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>Creates the accounts of the portal. Scoped, because Identity's validators are.</summary>
public sealed class People(
    Writer writer, IDbContextFactory<PortalDbContext> contexts, UserManager<PortalUser> users, AuditLog audit, TimeProvider time)
{
    public const int ShortestPassword = 10;

    /// <summary>Limits the cost of hashing one password.</summary>
    public const int LongestPassword = 256;

    private const string AdministratorRole = nameof(PortalRole.Administrator);

    /// <summary>True once there is an administrator, who can invite others. It never becomes false again.</summary>
    public async Task<bool> AnyAdministratorAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Administrators(db).AnyAsync(cancel);
    }

    /// <summary>
    /// Creates the first administrator, in one unit: of two concurrent requests one gets <see cref="PersonCreation.Closed"/>.
    /// </summary>
    /// <param name="address">Where the request came from.</param>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<PersonCreation> CreateFirstAdministratorAsync(string email, string password, string? address)
    {
        if (await CheckAsync(email, password) is { } refused) return refused;
        return await writer.RunAsync<PersonCreation>(async unit =>
        {
            if (await Administrators(unit.Db).AnyAsync()) return new PersonCreation.Closed();
            var actor = new Actor(ActorKind.Person, email.Trim(), PortalRole.Administrator, address);
            return await AddAsync(unit.Db, email, password, PortalRole.Administrator, actor, "account.setup");
        });
    }

    /// <param name="actor">Creates the account; an administrator.</param>
    /// <exception cref="ForbiddenException">The actor is no administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<PersonCreation> CreateAsync(Actor actor, string email, string password, PortalRole role)
    {
        actor.Require(PortalRole.Administrator);
        if (await CheckAsync(email, password) is { } refused) return refused;
        return await writer.RunAsync(unit => AddAsync(unit.Db, email, password, role, actor, "account.create"));
    }

    /// <summary>Creates an account without a password: <see cref="PeopleService"/> makes a link with which the person sets one.</summary>
    /// <inheritdoc cref="CreateAsync"/>
    internal async Task<PersonCreation> InviteAsync(Actor actor, string email, PortalRole role)
    {
        actor.Require(PortalRole.Administrator);
        if (CheckEmail(email) is { } refused) return refused;
        return await writer.RunAsync(unit => AddAsync(unit.Db, email, password: null, role, actor, "account.invite"));
    }

    /// <returns>What is wrong with the password, for display; null if nothing is.</returns>
    internal static async Task<string?> CheckPasswordAsync(UserManager<PortalUser> users, string password)
    {
        if (password.Length > LongestPassword) return $"The password must have at most {LongestPassword} characters.";
        foreach (var validator in users.PasswordValidators)
            if (await validator.ValidateAsync(users, new PortalUser(), password) is { Succeeded: false } result)
                return string.Join(' ', result.Errors.Select(error => error.Description));
        return null;
    }

    private static PersonCreation.Refused? CheckEmail(string email) =>
        email.Length > 254 || !new EmailAddressAttribute().IsValid(email.Trim()) || email.Any(char.IsControl)
            ? new PersonCreation.Refused("This is not an e-mail address.")
            : null;

    private async Task<PersonCreation?> CheckAsync(string email, string password)
    {
        if (CheckEmail(email) is { } refused) return refused;
        return await CheckPasswordAsync(users, password) is { } wrong ? new PersonCreation.Refused(wrong) : null;
    }

    private async Task<PersonCreation> AddAsync(PortalDbContext db, string email, string? password, PortalRole role, Actor actor, string action)
    {
        email = email.Trim();
        var normal = users.NormalizeEmail(email);
        if (await db.Users.AnyAsync(user => user.NormalizedEmail == normal)) return new PersonCreation.Refused($"There is already an account for {email}.");

        var user = new PortalUser
        {
            UserName = email,
            NormalizedUserName = users.NormalizeName(email),
            Email = email,
            NormalizedEmail = normal,
            EmailConfirmed = true,
            LockoutEnabled = true,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        if (password is not null) user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        db.Users.Add(user);
        db.UserRoles.Add(new IdentityUserRole<string> { UserId = user.Id, RoleId = await RoleIdAsync(db, role) });
        audit.Add(db, actor, action, "account", email, after: new { role = role.ToString() });
        return new PersonCreation.Created(user.Id);
    }

    private async Task<string> RoleIdAsync(PortalDbContext db, PortalRole role)
    {
        var known = await db.Roles.ToDictionaryAsync(r => r.Name!, r => r.Id);
        foreach (var name in Enum.GetNames<PortalRole>())
        {
            if (known.ContainsKey(name)) continue;
            var added = new IdentityRole(name) { NormalizedName = users.NormalizeName(name) };
            db.Roles.Add(added);
            known.Add(name, added.Id);
        }

        return known[role.ToString()];
    }

    private static IQueryable<IdentityUserRole<string>> Administrators(PortalDbContext db) =>
        db.UserRoles.Where(link => db.Roles.Any(role => role.Id == link.RoleId && role.Name == AdministratorRole));
}

/// <summary>The result of creating an account.</summary>
public abstract record PersonCreation
{
    private PersonCreation()
    {
    }

    public sealed record Created(string UserId) : PersonCreation;

    /// <param name="Message">One sentence or more, for display.</param>
    public sealed record Refused(string Message) : PersonCreation;

    /// <summary>There is an administrator already; set-up is over.</summary>
    public sealed record Closed : PersonCreation;
}
