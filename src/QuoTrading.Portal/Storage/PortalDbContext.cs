using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// The schema. For reads, create one context per operation with the factory. Write in a unit of <see cref="Writer"/>; a context that
/// saves by itself (Identity's) goes through the same gate.
/// </summary>
/// <param name="writer">Null for the context of a unit, which has passed the gate already.</param>
public class PortalDbContext(DbContextOptions<PortalDbContext> options, Writer? writer = null) : IdentityDbContext<PortalUser>(options)
{
    /// <summary>
    /// Identity reads its schema version only from the application's services. This is for contexts that have none: otherwise all contexts
    /// would share one cached model, with the schema version of the context that was created first.
    /// </summary>
    internal static IServiceProvider SchemaServices { get; } = new ServiceCollection().Configure<IdentityOptions>(ChooseSchema).BuildServiceProvider();

    /// <summary>Uses Identity's newest schema, so that passkeys can be added later without a migration of users.</summary>
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
        // By name.
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Each room configures its own tables.
        builder.ApplyConfigurationsFromAssembly(typeof(PortalDbContext).Assembly);

        // With RETURNING, EF Core 10 can lose a write under contention (dotnet/efcore #36295).
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => !e.IsOwned() && e.GetTableName() is not null)) entity.UseSqlReturningClause(false);
    }

    /// <summary>Stores every time in UTC, and reads it with <see cref="DateTimeKind.Utc"/>.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.ToUniversalTime(), value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
