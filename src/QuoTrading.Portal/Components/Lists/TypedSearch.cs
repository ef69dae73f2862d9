using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>What somebody typed to find a customer. Words may stand in an address; a key, or groups of one, may not.</summary>
internal abstract record TypedSearch
{
    // Of more than these one does not read further.
    private const int Most = 20;

    private TypedSearch()
    {
    }

    /// <summary>No secret: it may go into an address.</summary>
    public sealed record Words : TypedSearch;

    /// <summary>A key, or groups of one, that one license has.</summary>
    public sealed record License(long Id) : TypedSearch;

    /// <summary>A key, or groups of one, that none has, or several may have.</summary>
    /// <param name="Told">For whoever typed it.</param>
    public sealed record Unclear(string Told) : TypedSearch;

    public static async Task<TypedSearch> ReadAsync(LicenseCatalog licenses, string? typed, CancellationToken cancel)
    {
        if (SearchWords.Problem(typed) is { } problem) return new Unclear(problem);
        var isKey = LicenseKey.Read(typed ?? "") is not null;
        if (!isKey && !LicenseKey.IsBegunIn(typed ?? "") && !await licenses.NamesKeyAsync(typed, cancel)) return new Words();
        var found = await licenses.TargetsAsync(new LicenseFilter(Search: typed), Most, cancel);
        return found switch
        {
            [var only] => new License(only.Id),
            [] when isKey => new Unclear("No license has this key."),
            [] => new Unclear("No license has a key that begins or ends like this yet: type the next group."),
            _ => new Unclear($"{Shared.Words.Count(found.Count, "license has", "licenses have")} a key that begins or ends like this: type the next group, or also the customer's name."),
        };
    }
}
