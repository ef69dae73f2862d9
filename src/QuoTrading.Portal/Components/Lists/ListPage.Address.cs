using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <content>The addresses of the page's links and filters.</content>
public abstract partial class ListPage<T>
{
    /// <summary>The address of this page with some query parameters changed, at the first page of the list.</summary>
    protected string AddressWith(params (string Name, string? Value)[] changes) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(changes.Select(change => KeyValuePair.Create(change.Name, (object?)(string.IsNullOrWhiteSpace(change.Value) ? null : change.Value.Trim()))), StringComparer.Ordinal)
        {
            ["after"] = null,
            ["before"] = null,
        });

    // Replaces the entry in the browser's history, so that Back leads to the previous page and not to each typed text.
    protected void Filter(string name, string? value) => Navigation.NavigateTo(AddressWith((name, value)), replace: true);

    protected void PresetChosen(string? preset) => Navigation.NavigateTo(AddressWith(("from", preset), ("to", null)));

    /// <summary>Filters by a customer. A whole key filters by its license instead: a key must not get into a browser's history.</summary>
    protected async Task FindAsync(string? typed)
    {
        if (LicenseKey.Read(typed ?? "") is not { } key)
        {
            await SearchAsync(typed);
            return;
        }

        await TryAsync(async cancel =>
        {
            var license = await Licenses.FindByKeyAsync(key, cancel);
            if (license is null) Notices.Failed("No license has this key");
            else ShowLicense(license.Id);
        }, Gone);
    }

    /// <summary>The address of the CSV export with the current filter.</summary>
    protected string ExportAddress(string export) => $"/export/{export}.csv{new Uri(AddressWith([.. Beside.Select(name => (name, (string?)null))])).Query}";
}
