using Microsoft.Extensions.Diagnostics.HealthChecks;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Operating.Health;

/// <summary>Red when the disk of the database or of the data directory is nearly full: a full disk cannot be written.</summary>
internal sealed class DiskCheck(IDatabaseFile database, HealthOptions options) : IHealthCheck
{
    private const long Megabyte = 1024 * 1024;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var free = Math.Min(FreeMegabytes(database.DataDirectory), FreeMegabytes(Path.GetDirectoryName(database.FilePath)!));
            return Task.FromResult(free >= options.MinimumFreeMegabytes
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The disk is nearly full{{since}}: {free:N0} MB are free, and {options.MinimumFreeMegabytes:N0} MB are the least. Customers notice nothing yet; once it is full nobody can log in."));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The disk of the database cannot be looked at{since}. Clients may have to retry soon.", failure));
        }
    }

    // On Unix any folder works, and the result is for its file system; Windows needs the drive.
    internal static long FreeMegabytes(string folder) =>
        new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace / Megabyte;
}
