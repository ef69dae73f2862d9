using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>The tables of this room.</summary>
internal static class LicensingTables
{
    extension(PortalDbContext db)
    {
        public DbSet<Customer> Customers => db.Set<Customer>();

        public DbSet<License> Licenses => db.Set<License>();
    }
}

internal sealed class CustomerConfiguration : IEntityTypeConfiguration<Customer>
{
    public void Configure(EntityTypeBuilder<Customer> customer)
    {
        customer.ToTable("Customers");
        customer.Property(c => c.Email).HasMaxLength(254);
        customer.Property(c => c.Name).HasMaxLength(200);
        customer.Property(c => c.AccountId).HasMaxLength(100);
        customer.HasIndex(c => c.Email).IsUnique();
        customer.HasMany(c => c.Licenses).WithOne(l => l.Customer).HasForeignKey(l => l.CustomerId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class LicenseConfiguration : IEntityTypeConfiguration<License>
{
    public void Configure(EntityTypeBuilder<License> license)
    {
        license.ToTable("Licenses");
        license.Property(l => l.KeyHash).HasMaxLength(32);
        license.Property(l => l.KeyMasked).HasMaxLength(40);
        license.Property(l => l.Plan).HasMaxLength(40);
        license.Property(l => l.Note).HasMaxLength(2000);
        license.Property(l => l.Version).IsConcurrencyToken();
        license.HasIndex(l => l.KeyHash).IsUnique();
        license.HasIndex(l => l.ExpiresAt);
    }
}
