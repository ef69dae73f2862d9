using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>
/// The page's address. The view writes it, and the browser's Back and Forward change it. Opening something beside the list adds an
/// entry to the history, so Back closes it. All other changes replace the current entry.
/// </summary>
internal sealed class OnlineAddress(NavigationManager navigation, IJSRuntime script)
{
    private static readonly Dictionary<string, object?> None = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, object?> Alone = new(StringComparer.Ordinal) { ["session"] = null, ["list"] = null };

    // Addresses that were written and have not come back yet: a late one must not undo what was typed since.
    private readonly List<string> written = [];
    private string? shown;
    private string? before;

    /// <summary>What changed in the address since the last call, other than by the view itself.</summary>
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
        // Closing goes back in the history, so that the next Back leaves the page and does not show the same list again.
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
            // The browser has disconnected.
        }
    }

    private bool IsAlone(string uri) => WithNothingBeside(uri) == navigation.GetUriWithQueryParameters(uri, None);

    private string WithNothingBeside(string uri) => navigation.GetUriWithQueryParameters(uri, Alone);
}

/// <summary>Which part of an address has changed.</summary>
internal enum AddressChange
{
    Nothing,

    /// <summary>Only what is open beside the list.</summary>
    Beside,

    Everything,
}
