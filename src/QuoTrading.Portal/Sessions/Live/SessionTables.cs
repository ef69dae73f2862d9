using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The tables of this room.</summary>
internal static class SessionTables
{
    extension(PortalDbContext db)
    {
        public DbSet<LiveSession> LiveSessions => db.Set<LiveSession>();

        public DbSet<PastSession> SessionHistory => db.Set<PastSession>();

        public DbSet<SessionEvent> SessionEvents => db.Set<SessionEvent>();

        public DbSet<DeviceMark> DeviceMarks => db.Set<DeviceMark>();

        public DbSet<LicenseDevice> LicenseDevices => db.Set<LicenseDevice>();

        public DbSet<ConcurrentSessions> ConcurrentSessions => db.Set<ConcurrentSessions>();

        public DbSet<SessionSettings> SessionSettings => db.Set<SessionSettings>();

        public DbSet<ServiceTime> ServiceTime => db.Set<ServiceTime>();
    }
}

/// <summary>Guaranteed by the database, whatever the code does: one session a device of a license, and one that occupies a seat.</summary>
internal sealed class LiveSessionConfiguration : IEntityTypeConfiguration<LiveSession>
{
    public void Configure(EntityTypeBuilder<LiveSession> session)
    {
        session.ToTable("LiveSessions");
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
        // SessionColumns writes both as text.
        session.Ignore(nameof(LiveSession.Copied));
        session.Ignore(nameof(LiveSession.Proof));
        session.Property<string?>("CopiedText").HasColumnName("Copied");
        session.Property<string?>("ProofText").HasColumnName("Proof");
        // Sessions that began before this column existed have none: the last address counts as their home.
        session.Property(s => s.HomeAddress).IsRequired(false);
        // The names of the programs that use the session, in the format of SessionColumns.
        session.Property<string?>("Apps");
        session.Ignore(nameof(LiveSession.Report));
        session.Ignore(nameof(LiveSession.OwnReport));
        session.Ignore(nameof(LiveSession.HasReports));
        // The reports of several programs, in the format of SessionColumns.
        session.Property<string?>("Reports");
        session.HasIndex(s => new { s.LicenseId, s.Device }).IsUnique();
        session.HasIndex(s => new { s.LicenseId, s.Seat }).IsUnique().HasFilter("\"SeatLead\"");
        session.HasOne<License>().WithMany().HasForeignKey(s => s.LicenseId).OnDelete(DeleteBehavior.Restrict);
    }
}

/// <summary>No foreign key: history stays when its license is deleted.</summary>
internal sealed class PastSessionConfiguration : IEntityTypeConfiguration<PastSession>
{
    public void Configure(EntityTypeBuilder<PastSession> record)
    {
        record.ToTable("SessionHistory");
        record.HasKey(r => r.SessionId);
        record.HasIndex(r => new { r.LicenseId, r.SessionId });
        record.HasIndex(r => new { r.Device, r.SessionId });
        record.HasIndex(r => new { r.Address, r.SessionId });
        record.HasIndex(r => new { r.EndReason, r.SessionId });
        record.HasIndex(r => r.EndedMs);
    }
}

internal sealed class SessionEventConfiguration : IEntityTypeConfiguration<SessionEvent>
{
    public void Configure(EntityTypeBuilder<SessionEvent> happened)
    {
        happened.ToTable("SessionEvents");
        happened.HasIndex(e => new { e.LicenseId, e.Id });
        happened.HasIndex(e => new { e.Device, e.Id });
        happened.HasIndex(e => new { e.Address, e.Id });
        happened.HasIndex(e => new { e.Kind, e.Id });
        happened.HasIndex(e => new { e.Code, e.Id });
        happened.HasIndex(e => e.At);
    }
}

internal sealed class DeviceMarkConfiguration : IEntityTypeConfiguration<DeviceMark>
{
    public void Configure(EntityTypeBuilder<DeviceMark> mark)
    {
        mark.ToTable("DeviceMarks");
        mark.HasKey(m => new { m.LicenseId, m.Device, m.Kind });
    }
}

internal sealed class LicenseDeviceConfiguration : IEntityTypeConfiguration<LicenseDevice>
{
    public void Configure(EntityTypeBuilder<LicenseDevice> device)
    {
        device.ToTable("LicenseDevices");
        device.HasKey(d => new { d.LicenseId, d.Device });
        device.Property(d => d.Name).UseCollation("NOCASE");
        device.HasIndex(d => d.Name).HasFilter("\"Name\" IS NOT NULL");
        device.Property(d => d.Install).HasMaxLength(64);
        device.HasIndex(d => d.Install).HasFilter("\"Install\" IS NOT NULL");
    }
}

internal sealed class ConcurrentSessionsConfiguration : IEntityTypeConfiguration<ConcurrentSessions>
{
    public void Configure(EntityTypeBuilder<ConcurrentSessions> minutes)
    {
        minutes.ToTable("ConcurrentSessions");
        minutes.HasKey(m => m.Minute);
        minutes.Property(m => m.Minute).ValueGeneratedNever();
    }
}

internal sealed class SessionSettingsConfiguration : IEntityTypeConfiguration<SessionSettings>
{
    public void Configure(EntityTypeBuilder<SessionSettings> settings)
    {
        settings.ToTable("SessionSettings");
        settings.Property(s => s.Id).ValueGeneratedNever();
        settings.Ignore(s => s.TimeoutMs).Ignore(s => s.IntervalMs).Ignore(s => s.MostOnSeat);
        settings.Property(s => s.DevicesPerSeat).HasDefaultValue(new SessionSettings().DevicesPerSeat);
        settings.Property(s => s.CopiedDevices).HasDefaultValue(CopiedDevices.Report);
    }
}

internal sealed class ServiceTimeConfiguration : IEntityTypeConfiguration<ServiceTime>
{
    public void Configure(EntityTypeBuilder<ServiceTime> time)
    {
        time.ToTable("ServiceTime");
        time.Property(t => t.Id).ValueGeneratedNever();
    }
}
