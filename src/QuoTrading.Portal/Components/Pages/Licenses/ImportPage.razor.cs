using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Import;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Imports licenses from a file: shows a preview, and then does exactly that.</summary>
public sealed partial class ImportPage : IDisposable
{
    private const int MostMegabytes = 20;
    private const string Columns = "account_id, email, license_key, license_type, license_status, license_expiration, created_at";

    private static readonly ActionWords NothingImported = new(Unavailable: "The database cannot be written now. Nothing was imported. Try again in a moment.");

    private readonly PageAction action = new();
    private readonly CancellationTokenSource gone = new();
    private ImportFile? file;
    private ImportOutcome? outcome;
    private ImportReport? report;
    private bool update;
    private string doing = "";

    [Inject]
    public required LicenseImport Import { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required ILogger<ImportPage> Log { get; set; }

    private ImportReport? Preview => (outcome as ImportOutcome.Accepted)?.Report;

    private bool Nothing => Preview is { Added: 0, Updated: 0 };

    private string Consequence => action.IsBusy ? "Importing…" : Preview switch
    {
        null or { Added: 0, Updated: 0 } => "Nothing to import",
        { Updated: 0 } adds => $"Add {Format.Count(adds.Added, "license", "licenses")}",
        { Added: 0 } changes => $"Change {Format.Count(changes.Updated, "license", "licenses")}",
        { } both => $"Add {Format.Count(both.Added, "license", "licenses")} and change {Format.Count(both.Updated)}",
    };

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    private void StartOver() => (file, outcome, report, update, action.Problem) = (null, null, null, false, null);

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        if (action.IsBusy) return;
        StartOver();
        if (chosen.File.Size > MostMegabytes * 1024L * 1024)
        {
            action.Problem = $"{chosen.File.Name} is larger than {MostMegabytes} MB. Split it, with the header row in each part, or use the command line: license import.";
            return;
        }

        await DoAsync($"Reading {chosen.File.Name}…", async () =>
        {
            using var bytes = new MemoryStream((int)chosen.File.Size);
            await using (var stream = chosen.File.OpenReadStream(MostMegabytes * 1024L * 1024, gone.Token)) await stream.CopyToAsync(bytes, gone.Token);
            // Half a million rows take a second or two: not on the circuit's thread.
            file = await Task.Run(() => Import.Read(chosen.File.Name, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)), gone.Token);
            outcome = await CompareAsync(file);
        });
    }

    private Task PreviewAsync(bool wanted) => DoAsync("Comparing…", async () =>
    {
        update = wanted;
        if (file is not null) outcome = await CompareAsync(file);
    });

    private async Task<ImportOutcome> CompareAsync(ImportFile read)
    {
        var actor = await Who.GetAsync();
        return await Task.Run(() => Import.PreviewAsync(actor, read, update, gone.Token), gone.Token);
    }

    private Task ApplyAsync() => DoAsync("Importing…", async () =>
    {
        if (file is null) return;
        var actor = await Who.GetAsync();
        try
        {
            // A started import runs to its end, even if the page is closed.
            var done = await Task.Run(() => Import.ApplyAsync(actor, file, update, CancellationToken.None), CancellationToken.None);
            outcome = done;
            report = (done as ImportOutcome.Accepted)?.Report;
        }
        catch (ImportInterruptedException interrupted)
        {
            action.Problem = $"The database cannot be written any more. {Format.Count(interrupted.Imported, "license", "licenses")} of the file were imported and stay; import it again for the others.";
        }
    }, broken: "The import failed on the way. What was imported until then stays; import the file again for the others.");

    private Task DoAsync(string what, Func<Task> work, string broken = "The file could not be read to its end. Nothing was imported. Choose it again.") => action.RunAsync(async () =>
    {
        doing = what;
        StateHasChanged();
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was closed.
        }
        catch (Exception failure) when (failure is not (ForbiddenException or StoreUnavailableException))
        {
            // The file disappeared during the upload, or the database does not answer.
            LogFailed(Log, failure);
            action.Problem = broken;
        }
    }, NothingImported);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An import could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
