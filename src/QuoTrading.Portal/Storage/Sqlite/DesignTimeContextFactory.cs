using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Only for <c>dotnet ef migrations add</c>.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<PortalDbContext>
{
    public PortalDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PortalDbContext>().UseSqlite("Data Source=design.db").UseApplicationServiceProvider(PortalDbContext.SchemaServices).Options);
}
