using System.CommandLine;
using System.Globalization;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Cli;

/// <summary><c>backup FILE</c></summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A file that is not there yet. A relative path counts from the working directory; 'dotnet run --project' starts in the repository's root." };
        var withKeys = new Option<bool>("--with-keys") { Description = "Makes a zip of the database and the key ring. Whoever has it can read the license keys." };
        var command = new Command("backup", "Copies the database, consistent as of one moment, beside a running server. A plain file copy would not be.") { file, withKeys };
        // Any schema: a backup is also made before an upgrade, from a database of the previous version.
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(
            services => RunAsync(services, Path.GetFullPath(given.GetRequiredValue(file)), given.GetValue(withKeys), cancel), anySchema: true));
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, string path, bool withKeys, CancellationToken cancel)
    {
        var database = services.GetRequiredService<IDatabaseFile>();
        var keyRing = database.KeyRing;
        var copied = withKeys
            ? await BackupZip.MakeAsync(database, path, keyRing, services.GetRequiredService<TimeProvider>(), cancel)
            : await database.BackUpAsync(path, cancel);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path} holds the database as it was a moment ago: {copied.InWords} ({copied.Bytes / 1024.0 / 1024.0:N1} MB)."));
        await Console.Error.WriteLineAsync(withKeys
            ? "The key ring is in it: whoever has this file can read the license keys. Keep it where only administrators come."
            : $"The key ring is NOT in it: {keyRing}. Copy that folder too, to another place: without it the license keys in the backup cannot be shown again, and with both anyone can read them.");
        return 0;
    }
}
