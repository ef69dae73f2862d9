using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>
/// The page's address, which the view writes and the browser's history changes. What stands beside the list is a step of the
/// history of its own: Back closes it. All else changes in place.
/// </summary>
internal sealed class OnlineAddress(NavigationManager navigation, IJSRuntime script)
{
    private static readonly Dictionary<string, object?> None = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, object?> Alone = new(StringComparer.Ordinal) { ["session"] = null, ["list"] = null };

    // Not come back yet: meanwhile the next key may have been pressed, and what comes back must not undo that.
    private readonly List<string> written = [];
    private string? shown;
    private string? before;

    /// <summary>What somebody else than the view changed in the address since this was last asked.</summary>
    public AddressChange Read()
    {
        var uri = navigation.Uri;
        var (own, was) = (written.Remove(uri), shown);
        shown = uri;
        if (own || uri == was) return AddressChange.Nothing;
        var beside = was is not null && WithNothingBeside(uri) == WithNothingBeside(was);
        before = beside && IsAlone(was!) && !IsAlone(uri) ? was : null;
        return beside ? AddressChange.Beside : AddressChange.Everything;
    }

    /// <summary>Writes what the page shows.</summary>
    public async Task WriteAsync(IReadOnlyDictionary<string, object?> parameters)
    {
        var uri = navigation.GetUriWithQueryParameters(parameters);
        var last = written.Count > 0 ? written[^1] : navigation.Uri;
        if (uri == last) return;
        written.Add(uri);
        var opens = IsAlone(last) && !IsAlone(uri);
        var goesBack = uri == before;
        if (opens) before = last;
        else if (IsAlone(uri)) before = null;
        // Closed as by Back: then Back leads to where somebody came from, not to the same list once more.
        if (goesBack) await GoBackAsync();
        else navigation.NavigateTo(uri, replace: !opens);
    }

    private async Task GoBackAsync()
    {
        try
        {
            await script.InvokeVoidAsync("history.back");
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone.
        }
    }

    private bool IsAlone(string uri) => WithNothingBeside(uri) == navigation.GetUriWithQueryParameters(uri, None);

    private string WithNothingBeside(string uri) => navigation.GetUriWithQueryParameters(uri, Alone);
}

/// <summary>What of an address is another.</summary>
internal enum AddressChange
{
    Nothing,

    /// <summary>Only what stands beside the list.</summary>
    Beside,

    Everything,
}
