using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>The tables of this room.</summary>
internal static class SigningTables
{
    extension(PortalDbContext db)
    {
        public DbSet<SigningKey> SigningKeys => db.Set<SigningKey>();
    }
}

internal sealed class SigningKeyConfiguration : IEntityTypeConfiguration<SigningKey>
{
    public void Configure(EntityTypeBuilder<SigningKey> key)
    {
        key.ToTable("SigningKeys");
        key.HasKey(k => k.Kid);
        key.Property(k => k.Kid).HasMaxLength(16);
        key.HasIndex(k => k.Role).IsUnique();
    }
}
