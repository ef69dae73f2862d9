namespace QuoTrading.Portal.Components.Lists;

/// <content>The customer search: by what a customer tells support on the phone.</content>
public abstract partial class ListPage<T>
{
    /// <summary>The field that the key <c>/</c> focuses. It is cleared once a typed license key has found its license.</summary>
    protected FilterText? SearchField { get; set; }

    /// <summary>A message about a partly typed key; null if there is none.</summary>
    protected string? SearchTold { get; private set; }

    /// <summary>Hint of a filter that matches the beginning of a text.</summary>
    protected const string Beginning = "The beginning of it; or = and the whole of it";
    protected const string CustomerHint = "Any part of the name or e-mail, groups of a key as they are read out, or a whole key; or = and the whole e-mail";
    protected const string DeviceHint = "The beginning of its name, or of its fingerprint; or = and the whole of it";

    private int searches;

    /// <summary>
    /// Filters by words. Groups of a key, or an imported key, filter by the license instead: neither may get into an address.
    /// </summary>
    private async Task SearchAsync(string? typed)
    {
        SearchTold = null;
        var search = ++searches;
        await TryAsync(async cancel =>
        {
            var read = await Task.Run(() => TypedSearch.ReadAsync(Licenses, typed, cancel), cancel);
            // A newer search has started meanwhile.
            if (search != searches) return;
            switch (read)
            {
                case TypedSearch.License found:
                    ShowLicense(found.Id);
                    break;
                case TypedSearch.Unclear unclear:
                    SearchTold = unclear.Told;
                    break;
                default:
                    Filter("customer", typed);
                    break;
            }
        }, Gone);
    }

    private void ShowLicense(long license)
    {
        SearchField?.Empty();
        Navigation.NavigateTo(AddressWith(("customer", null), ("license", $"{license}")));
    }
}
