using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Team;

/// <summary>The accounts of the portal: roles, links, sign-outs.</summary>
public sealed partial class PeoplePage
{
    internal static readonly ActionWords MayNot = new("You may not do that");

    private readonly PageAction action = new();
    private IReadOnlyList<PersonItem>? people;
    private PersonConfirmation? asked;
    private string? me;
    private string? link;
    private string? linkFor;
    private int cancelled;
    private bool inviting;
    private bool failed;

    [Inject]
    public required PeopleService Service { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        try
        {
            var actor = await Who.GetAsync();
            me = actor.Name;
            people = await Service.ListAsync(actor);
            failed = false;
        }
        catch (System.Data.Common.DbException)
        {
            failed = true;
        }
    }

    private void Ask(PersonAction what, PersonItem person) => asked = new PersonConfirmation(what, person, person.Role);

    private void AskRole(PersonItem person, ChangeEventArgs change)
    {
        if (Enum.TryParse<PortalRole>(change.Value as string, out var role) && role != person.Role) asked = new PersonConfirmation(PersonAction.Role, person, role);
    }

    // The counter is the key of the role boxes: a new key renders them again with the stored role. Otherwise the browser would keep
    // showing the role that was chosen but not confirmed.
    private void Cancel()
    {
        asked = null;
        cancelled++;
    }

    private async Task InvitedAsync((string Email, string Link) invited)
    {
        inviting = false;
        Show(invited.Email, invited.Link);
        await LoadAsync();
    }

    private void Show(string email, string path)
    {
        linkFor = email;
        link = Navigation.ToAbsoluteUri(path).ToString();
    }

    private async Task DoAsync()
    {
        if (asked is not { } ask) return;
        await action.RunAsync(async () =>
        {
            var actor = await Who.GetAsync();
            var id = ask.Person.Id;
            var outcome = await (ask.Action switch
            {
                PersonAction.Role => Service.SetRoleAsync(actor, id, ask.Role),
                PersonAction.Reset => Service.ResetAsync(actor, id),
                PersonAction.ResetTwoStep => Service.ResetTwoStepAsync(actor, id),
                PersonAction.SignOut => Service.SignOutAsync(actor, id),
                PersonAction.Disable => Service.DisableAsync(actor, id),
                _ => Service.EnableAsync(actor, id),
            });
            asked = null;
            people = null;
            await LoadAsync();
            if (outcome is PersonOutcome.Refused refused) Notices.Failed("Nothing was changed", refused.Message);
            else if (outcome is PersonOutcome.Done { Link: { } path }) Show(ask.Person.Email, path);
            else Notices.Done("Done", ask.Consequence);
        }, MayNot, Notices);
        if (action.IsForbidden) asked = null;
    }
}
