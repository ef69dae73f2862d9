using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// The schema. Read through a context of the factory, one an operation. Write in a unit of <see cref="Writer"/>; a context that
/// saves by itself (Identity's) goes through the same gate.
/// </summary>
/// <param name="writer">Null for the context of a unit, which is behind the gate already.</param>
public class PortalDbContext(DbContextOptions<PortalDbContext> options, Writer? writer = null) : IdentityDbContext<PortalUser>(options)
{
    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<License> Licenses => Set<License>();

    public DbSet<LiveSession> LiveSessions => Set<LiveSession>();

    public DbSet<SessionRecord> SessionHistory => Set<SessionRecord>();

    public DbSet<SessionEvent> SessionEvents => Set<SessionEvent>();

    public DbSet<DeviceMark> DeviceMarks => Set<DeviceMark>();

    public DbSet<LicenseDevice> LicenseDevices => Set<LicenseDevice>();

    public DbSet<ConcurrentSessions> ConcurrentSessions => Set<ConcurrentSessions>();

    public DbSet<SessionSettings> SessionSettings => Set<SessionSettings>();

    public DbSet<ServiceTime> ServiceTime => Set<ServiceTime>();

    public DbSet<ApiToken> ApiTokens => Set<ApiToken>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

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
        configurationBuilder.Properties<LicenseStatus>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<EndReason>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<EventKind>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<MarkKind>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<SymbolSessions>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<CopiedDevices>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<PortalRole>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<SigningKeyRole>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ActorKind>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        builder.Entity<Customer>(customer =>
        {
            customer.Property(c => c.Email).HasMaxLength(254);
            customer.Property(c => c.Name).HasMaxLength(200);
            customer.Property(c => c.AccountId).HasMaxLength(100);
            customer.HasIndex(c => c.Email).IsUnique();
            customer.HasMany(c => c.Licenses).WithOne(l => l.Customer).HasForeignKey(l => l.CustomerId).OnDelete(DeleteBehavior.Restrict);
        });

        builder.Entity<License>(license =>
        {
            license.Property(l => l.KeyHash).HasMaxLength(32);
            license.Property(l => l.KeyMasked).HasMaxLength(40);
            license.Property(l => l.Plan).HasMaxLength(40);
            license.Property(l => l.Note).HasMaxLength(2000);
            license.Property(l => l.Version).IsConcurrencyToken();
            license.HasIndex(l => l.KeyHash).IsUnique();
            license.HasIndex(l => l.ExpiresAt);
        });

        // Whatever the code does: one session a device of a license, and one session that occupies a seat.
        builder.Entity<LiveSession>(session =>
        {
            session.HasKey(s => s.SessionId);
            session.Ignore(s => s.IntervalMs);
            session.Ignore(nameof(LiveSession.App));
            session.Ignore(nameof(LiveSession.OtherApps));
            session.Ignore(nameof(LiveSession.Lost));
            session.Ignore(nameof(LiveSession.ApartSinceMs));
            session.Ignore(nameof(LiveSession.Elsewhere));
            session.Ignore(nameof(LiveSession.BeatsSinceMs));
            session.Ignore(nameof(LiveSession.Beats));
            session.Ignore(nameof(LiveSession.BeatSymbols));
            // Both as the session store writes them.
            session.Ignore(nameof(LiveSession.Copied));
            session.Ignore(nameof(LiveSession.Proof));
            session.Property<string?>("CopiedText").HasColumnName("Copied");
            session.Property<string?>("ProofText").HasColumnName("Proof");
            // A session that began before the column was there is at home where it was last.
            session.Property(s => s.HomeAddress).IsRequired(false);
            // The names of the programs that use it, as the session store writes them.
            session.Property<string?>("Apps");
            session.Ignore(nameof(LiveSession.Report));
            session.Ignore(nameof(LiveSession.OwnReport));
            session.Ignore(nameof(LiveSession.HasReports));
            // What each of several told.
            session.Property<string?>("Reports");
            session.HasIndex(s => new { s.LicenseId, s.Device }).IsUnique();
            session.HasIndex(s => new { s.LicenseId, s.Seat }).IsUnique().HasFilter("\"SeatLead\"");
            session.HasOne<License>().WithMany().HasForeignKey(s => s.LicenseId).OnDelete(DeleteBehavior.Restrict);
        });

        // No foreign keys from here on: what happened stays when its license goes.
        builder.Entity<SessionRecord>(record =>
        {
            record.ToTable("SessionHistory");
            record.HasKey(r => r.SessionId);
            record.HasIndex(r => new { r.LicenseId, r.SessionId });
            record.HasIndex(r => new { r.Device, r.SessionId });
            record.HasIndex(r => new { r.Address, r.SessionId });
            record.HasIndex(r => new { r.EndReason, r.SessionId });
            record.HasIndex(r => r.EndedMs);
        });

        builder.Entity<SessionEvent>(happened =>
        {
            happened.HasIndex(e => new { e.LicenseId, e.Id });
            happened.HasIndex(e => new { e.Device, e.Id });
            happened.HasIndex(e => new { e.Address, e.Id });
            happened.HasIndex(e => new { e.Kind, e.Id });
            happened.HasIndex(e => new { e.Code, e.Id });
            happened.HasIndex(e => e.At);
        });

        builder.Entity<DeviceMark>().HasKey(m => new { m.LicenseId, m.Device, m.Kind });
        builder.Entity<LicenseDevice>(device =>
        {
            device.HasKey(d => new { d.LicenseId, d.Device });
            device.Property(d => d.Name).UseCollation("NOCASE");
            device.HasIndex(d => d.Name).HasFilter("\"Name\" IS NOT NULL");
            device.Property(d => d.Install).HasMaxLength(64);
            device.HasIndex(d => d.Install).HasFilter("\"Install\" IS NOT NULL");
        });
        builder.Entity<ConcurrentSessions>(minutes =>
        {
            minutes.HasKey(m => m.Minute);
            minutes.Property(m => m.Minute).ValueGeneratedNever();
        });

        builder.Entity<SessionSettings>(settings =>
        {
            settings.Property(s => s.Id).ValueGeneratedNever();
            settings.Ignore(s => s.TimeoutMs).Ignore(s => s.IntervalMs).Ignore(s => s.MostOnSeat);
            settings.Property(s => s.DevicesPerSeat).HasDefaultValue(new SessionSettings().DevicesPerSeat);
            settings.Property(s => s.CopiedDevices).HasDefaultValue(CopiedDevices.Report);
        });
        builder.Entity<ServiceTime>().Property(t => t.Id).ValueGeneratedNever();

        builder.Entity<ApiToken>(token =>
        {
            token.Property(t => t.Name).HasMaxLength(100);
            token.Property(t => t.Prefix).HasMaxLength(20);
            token.Property(t => t.Hash).HasMaxLength(32);
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasIndex(t => t.Name).IsUnique().HasFilter("\"RevokedAt\" IS NULL");
        });

        builder.Entity<SigningKey>(key =>
        {
            key.HasKey(k => k.Kid);
            key.Property(k => k.Kid).HasMaxLength(16);
            key.HasIndex(k => k.Role).IsUnique();
        });

        builder.Entity<AuditEntry>().HasIndex(a => new { a.TargetKind, a.Target, a.Id });

        // With RETURNING, EF Core 10 can lose a write under contention (dotnet/efcore #36295).
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => !e.IsOwned() && e.GetTableName() is not null)) entity.UseSqlReturningClause(false);
    }

    /// <summary>Everything stored is UTC, on both engines; what comes back says so.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value.ToUniversalTime(), value => DateTime.SpecifyKind(value, DateTimeKind.Utc));
}
