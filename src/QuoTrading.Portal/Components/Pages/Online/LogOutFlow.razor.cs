using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>Asks for confirmation, logs out, and reports the result; for every page that shows live sessions.</summary>
public sealed partial class LogOutFlow
{
    private readonly PageAction action = new();
    private IReadOnlyList<Guid> asked = [];

    /// <summary>Returns the current state of a session; null once it has ended.</summary>
    [Parameter, EditorRequired]
    public required Func<Guid, OnlineRow?> Find { get; set; }

    /// <summary>Returns whether the page shows a session now; null if it shows all.</summary>
    [Parameter]
    public Func<Guid, bool>? IsShown { get; set; }

    /// <summary>Raised with the sessions that have ended.</summary>
    [Parameter]
    public EventCallback<IReadOnlyCollection<Guid>> Ended { get; set; }

    [Inject]
    public required ISessionService Service { get; set; }

    [Inject]
    public required ILicenseService Licenses { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    private IReadOnlyList<OnlineRow> Rows => asked.Select(Find).OfType<OnlineRow>().ToList();

    private int Hidden => asked.Count <= 1 || IsShown is null ? 0 : Rows.Count(row => !IsShown(row.SessionId));

    /// <summary>Opens the dialog for these sessions.</summary>
    public void Ask(IReadOnlyList<Guid> sessionIds)
    {
        asked = sessionIds;
        StateHasChanged();
    }

    private void Cancel() => asked = [];

    private async Task LogOutAsync(LogOutWish wish)
    {
        await action.RunAsync(async () =>
        {
            var actor = await Who.GetAsync();
            var rows = Rows;
            var results = await Service.LogOutAsync(actor, rows.Select(row => row.SessionId).ToList(), wish.Reason, wish.KeepOut);
            asked = [];
            await Ended.InvokeAsync(results.Select(result => result.Session.SessionId).ToList());
            var suspended = wish.Suspend ? await SuspendAsync(actor, rows, wish.Reason) : 0;
            Tell(results, wish, suspended);
        }, new("You may not log sessions out", Invalid: "Nobody was logged out"), Notices);
        if (action.IsForbidden) asked = [];
    }

    private async Task<int> SuspendAsync(Actor actor, IReadOnlyList<OnlineRow> rows, string reason)
    {
        var suspended = 0;
        foreach (var id in rows.Select(row => row.LicenseId).Distinct())
        {
            switch (await Licenses.ChangeAsync(actor, id, new LicenseChange.Suspend(), reason: reason))
            {
                case LicenseOutcome.Changed or LicenseOutcome.Unchanged:
                    suspended++;
                    break;
                case LicenseOutcome.Invalid invalid:
                    Notices.Failed("A license was not suspended", invalid.Errors[0].Message);
                    break;
            }
        }

        return suspended;
    }

    private void Tell(IReadOnlyList<LogOutResult> results, LogOutWish wish, int suspended)
    {
        var live = results.Count(result => result.WasLive);
        var earlier = results.Count > live ? $"{OnlineFormat.Sessions(results.Count - live)} had ended already." : null;
        var after = suspended > 0 ? $"{Format.Count(suspended, "license is", "licenses are")} suspended."
            : wish.KeepOut is not null ? "Kept out as chosen; it can be lifted under “Kept out”." : "The customer can log in again at once.";
        Notices.Done(live == 1 ? $"Logged out {OnlineFormat.Who(results.First(result => result.WasLive).Session)}" : $"Logged out {OnlineFormat.Sessions(live)}", earlier ?? after);
    }
}
