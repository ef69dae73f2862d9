using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>The tables of this room.</summary>
internal static class AuditTables
{
    extension(PortalDbContext db)
    {
        public DbSet<AuditEntry> AuditEntries => db.Set<AuditEntry>();
    }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry)
    {
        entry.ToTable("AuditEntries");
        entry.HasIndex(a => new { a.TargetKind, a.Target, a.Id });
    }
}
