using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Cli;

/// <summary><c>restore FILE</c></summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A backup: portal….db, or the zip with the key ring. A relative path counts from the working directory." };
        var replace = new Option<bool>("--replace") { Description = "Moves a database that is there aside, into a folder beside it." };
        var command = new Command("restore", "Puts a backup in the place of the database, while no server runs. Nothing is deleted.") { file, replace };
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(
            services => RunAsync(services, Path.GetFullPath(given.GetRequiredValue(file)), given.GetValue(replace), cancel), anySchema: true, needsDatabase: false));
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, string file, bool replace, CancellationToken cancel)
    {
        var database = services.GetRequiredService<IDatabaseFile>();
        var restored = await new BackupRestore(database, await KnownMigrationsAsync(services, cancel), services.GetRequiredService<TimeProvider>()).RunAsync(file, replace, cancel);
        var newest = restored.Contents.NewestEvent is { } at ? $" The last thing that it knows of happened at {at:yyyy-MM-dd HH:mm} UTC." : "";
        await Console.Error.WriteLineAsync($"{database.FilePath} is now the database of {file}: {restored.Contents.InWords}.{newest}");
        if (restored.Aside is { } aside) await Console.Error.WriteLineAsync($"What was there lies in {aside}. Delete it when you are sure.");
        await Console.Error.WriteLineAsync(await AboutKeysAsync(services, database, cancel));
        // A database of an older version may lack these tables; the server migrates it, not this command.
        if (restored.IsCurrent)
        {
            if (await AboutSigningAsync(services.GetRequiredService<SigningKeys>(), cancel) is { } lost) await Console.Error.WriteLineAsync(lost);
            await AuditAsync(services, file, restored.HadKeys, cancel);
        }

        await Console.Error.WriteLineAsync("Start the server now.");
        return 0;
    }

    private static async Task<string> AboutKeysAsync(IServiceProvider services, IDatabaseFile database, CancellationToken cancel) =>
        await services.GetRequiredService<KeyVault>().FitsAsync(cancel) switch
        {
            null => "There is no license in it.",
            true => "The key ring fits: license keys can be shown.",
            false => $"The key ring does NOT fit: license keys cannot be shown, and everybody has to sign in anew. Put the files of the ring that belongs to the backup into {database.KeyRing}, at any time, and start the server again.",
        };

    private static async Task<string?> AboutSigningAsync(SigningKeys keys, CancellationToken cancel) =>
        await keys.ReadAsync(cancel) && keys.IsAnyLost
            ? "The keys that sign answers to clients CANNOT be read with this key ring: bots that have keys built in take no answer for one, and stop. Put the ring that belongs to the backup back before you start the server."
            : null;

    private static async Task<IReadOnlyCollection<string>> KnownMigrationsAsync(IServiceProvider services, CancellationToken cancel)
    {
        await using var context = await services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(cancel);
        return [.. context.Database.GetMigrations()];
    }

    private static Task AuditAsync(IServiceProvider services, string file, bool hadKeys, CancellationToken cancel)
    {
        var audit = services.GetRequiredService<AuditLog>();
        return services.GetRequiredService<Writer>().RunAsync(
            unit =>
            {
                audit.Add(unit.Db, Actor.CommandLine, "backup.restore", "backup", Path.GetFileName(file), after: new { key_ring = hadKeys ? "included" : "not included" });
                return Task.CompletedTask;
            },
            cancel);
    }
}
