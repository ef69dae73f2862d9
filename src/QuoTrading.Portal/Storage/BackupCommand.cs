using System.CommandLine;
using System.Globalization;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Storage;

/// <summary><c>backup FILE</c></summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file that is not there yet. A relative path counts from the working directory; 'dotnet run --project' starts in the repository's root." };
        var command = new Command("backup", "Copies the database, consistent as of one moment, beside a running server. A plain file copy would not be.") { file };
        // Also before an upgrade: the database may still be that of the version before.
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(
            services => RunAsync(services.GetRequiredService<SqliteDatabase>(), Path.GetFullPath(given.GetRequiredValue(file)), cancel), anySchema: true));
        return command;
    }

    private static async Task<int> RunAsync(SqliteDatabase database, string path, CancellationToken cancel)
    {
        var copied = await SqliteBackup.WriteAsync(database, path, cancel);
        var counts = string.Join(", ", copied.Rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Count:N0} {table.What}")));
        await Console.Error.WriteLineAsync($"{path} holds the database as it was a moment ago: {counts} ({copied.Bytes / 1024.0 / 1024.0:N1} MB).");
        await Console.Error.WriteLineAsync(
            $"The key ring is NOT in it: {StorageSetup.KeyRingFolder(database.DataDirectory)}. Copy that folder too, to another place: without it the license keys in the backup cannot be shown again, and with both anyone can read them.");
        return 0;
    }
}
