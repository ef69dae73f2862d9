using System.Globalization;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>What the page reads, and the actions that it starts.</summary>
public sealed partial class LicensePage
{
    private async Task LoadAsync()
    {
        failed = !await TryAsync(async cancel =>
        {
            license = await Queries.FindAsync(Id, cancel);
            loaded = true;
        });
        if (license is not null) await LoadStoryAsync();
    }

    private async Task LoadStoryAsync() => storyFailed = !await TryAsync(async cancel =>
    {
        keptOut = await KeptOut.OfAsync(Id, cancel);
        events = (await Events.ReadAsync(new EventFilter(LicenseId: Id), new PageRequest(Size: NewestEvents), cancel)).Items;
        audit = await Audit.OfAsync([("license", Text(Id)), ("customer", Text(license!.CustomerId))], NewestAudit, cancel);
        use = await Usage.ReadAsync(Id, cancel);
    });

    private async Task<bool> TryAsync(Func<CancellationToken, Task> read)
    {
        if (gone.IsCancellationRequested) return true;
        try
        {
            await read(gone.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception failure)
        {
            LogFailed(Log, failure, Id);
            return false;
        }
        finally
        {
            if (!gone.IsCancellationRequested) StateHasChanged();
        }
    }

    private void Ask(LicenseDialog dialog) => open = dialog;

    private void Ask((LicenseDialog Dialog, ActionKind Kind) chosen) => (open, kind) = chosen;

    private void AskToKeepOut(string fingerprint) => (open, device) = (LicenseDialog.KeepOut, fingerprint);

    private async Task CloseAsync(bool changed)
    {
        open = LicenseDialog.None;
        if (!changed) return;
        await LoadAsync();
        if (license is null && kind == ActionKind.Delete) Navigation.NavigateTo("/licenses");
    }

    private void AskToLogOut(IEnumerable<Guid> sessions) => flow!.Ask([.. sessions]);

    // Hides the sessions before the next push, and reads the license again: it may have been suspended with them.
    private async Task EndedAsync(IReadOnlyCollection<Guid> sessions)
    {
        loggedOut.UnionWith(sessions);
        await ShowOnlineAsync();
    }

    private Task LiftAsync(string device) => action.RunAsync(async () =>
    {
        var lifted = await Service.LiftKeepOutAsync(await Who.GetAsync(), Id, device, cancel: CancellationToken.None);
        Notices.Done(lifted ? $"{Format.Fingerprint(device)} may log in again" : "It is not kept out any more");
        await LoadStoryAsync();
    }, new("You may not let devices in", Invalid: "Nothing was done"), Notices);

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Error, Message = "License {LicenseId} could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure, long licenseId);
}

/// <summary>The dialog that is open.</summary>
public enum LicenseDialog
{
    None,
    Edit,
    Customer,
    Reveal,
    ReplaceKey,
    Test,
    KeepOut,
    Act,
}
