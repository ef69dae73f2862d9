using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <content>Where the page's links and fields lead.</content>
public abstract partial class ListPage<T>
{
    /// <summary>This page with some names of its address changed; a filter that changes begins at the first page.</summary>
    protected string AddressWith(params (string Name, string? Value)[] changes) => Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(changes.Select(change => KeyValuePair.Create(change.Name, (object?)(string.IsNullOrWhiteSpace(change.Value) ? null : change.Value.Trim()))), StringComparer.Ordinal)
        {
            ["after"] = null,
            ["before"] = null,
        });

    // What is typed replaces itself in the browser's history: back leads to the page before.
    protected void Filter(string name, string? value) => Navigation.NavigateTo(AddressWith((name, value)), replace: true);

    protected void PresetChosen(string? preset) => Navigation.NavigateTo(AddressWith(("from", preset), ("to", null)));

    /// <summary>Filters by a customer; or by the license of a whole key, since a key does not belong into a browser's history.</summary>
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

    /// <summary>The export of what is shown.</summary>
    protected string ExportAddress(string export) => $"/export/{export}.csv{new Uri(AddressWith([.. Beside.Select(name => (name, (string?)null))])).Query}";
}
