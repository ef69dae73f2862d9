using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// The schema. Read through a context of the factory, one an operation. Write in a unit of <see cref="Writer"/>; a context that
/// saves by itself (Identity's) goes through the same gate.
/// </summary>
/// <param name="writer">Null for the context of a unit, which is behind the gate already.</param>
public class PortalDbContext(DbContextOptions<PortalDbContext> options, Writer? writer = null) : IdentityDbContext<PortalUser>(options)
{
    /// <summary>
    /// Identity asks the application's services alone for the version of its schema. For contexts that have none: without this
    /// they would share a model of another version with those that do, by who comes first.
    /// </summary>
    internal static IServiceProvider SchemaServices { get; } = new ServiceCollection().Configure<IdentityOptions>(ChooseSchema).BuildServiceProvider();

    /// <summary>The newest schema of Identity's, so that passkeys can come without a migration of users.</summary>
    internal static void ChooseSchema(IdentityOptions options) => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Save asynchronously: a save waits for its turn at the writer.");

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (writer is null) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        using var turn = await writer.EnterAsync(cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<Guid>().HaveConversion<string>().HaveMaxLength(36);
        // Stored by name.
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Each room says how its own tables look.
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);

        // With RETURNING, EF Core 10 can lose a write under contention (dotnet/efcore #36295).
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => !e.IsOwned() && e.GetTableName() is not null)) entity.UseSqlReturningClause(false);
    }

    /// <summary>Everything stored is UTC, on both engines; what comes back says so.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.ToUniversalTime(), value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
