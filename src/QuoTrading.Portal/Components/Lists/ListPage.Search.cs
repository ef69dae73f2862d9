namespace QuoTrading.Portal.Components.Lists;

/// <content>Who a customer is, as support has it on the phone.</content>
public abstract partial class ListPage<T>
{
    /// <summary>The field that <c>/</c> leads to: it is emptied of a key as soon as the key has found its license.</summary>
    protected FilterText? SearchField { get; set; }

    /// <summary>What became of a part of a key that is being typed; null where there is nothing to say.</summary>
    protected string? SearchTold { get; private set; }

    private int searches;

    /// <summary>Filters by words; or by the license of groups of a key: neither they nor an imported key belong into an address.</summary>
    private async Task SearchAsync(string? typed)
    {
        SearchTold = null;
        var search = ++searches;
        try
        {
            var read = await Task.Run(() => TypedSearch.ReadAsync(Licenses, typed, Gone), Gone);
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
        }
        catch (Exception failure) when (!Gone.IsCancellationRequested)
        {
            Fail(failure);
        }
    }

    private void ShowLicense(long license)
    {
        SearchField?.Empty();
        Navigation.NavigateTo(AddressWith(("customer", null), ("license", $"{license}")));
    }
}
