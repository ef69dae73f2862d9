namespace QuoTrading.Portal.Components.Lists;

/// <content>Who a customer is, as support has it on the phone.</content>
public abstract partial class ListPage<T>
{
    /// <summary>The field that <c>/</c> leads to: it is emptied of a key as soon as the key has found its license.</summary>
    protected FilterText? SearchField { get; set; }

    /// <summary>What became of a part of a key that is being typed; null where there is nothing to say.</summary>
    protected string? SearchTold { get; private set; }

    /// <summary>What the fields say of themselves.</summary>
    protected const string Beginning = "The beginning of it; or = and the whole of it";
    protected const string CustomerHint = "Any part of the name or e-mail, groups of a key as they are read out, or a whole key; or = and the whole e-mail";
    protected const string DeviceHint = "The beginning of its name, or of its fingerprint; or = and the whole of it";

    private int searches;

    /// <summary>Filters by words; or by the license of groups of a key: neither they nor an imported key belong into an address.</summary>
    private async Task SearchAsync(string? typed)
    {
        SearchTold = null;
        var search = ++searches;
        await TryAsync(async cancel =>
        {
            var read = await Task.Run(() => TypedSearch.ReadAsync(Licenses, typed, cancel), cancel);
            // Somebody went on typing, and what he typed was read sooner.
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
