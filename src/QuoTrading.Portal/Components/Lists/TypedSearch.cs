using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>A typed customer search. Words may be part of an address; a key, or groups of a key, may not.</summary>
internal abstract record TypedSearch
{
    // At most so many matches are read.
    private const int Most = 20;

    private TypedSearch()
    {
    }

    /// <summary>Not secret: may be part of an address.</summary>
    public sealed record Words : TypedSearch;

    /// <summary>A key, or groups of a key, that belong to exactly one license.</summary>
    public sealed record License(long Id) : TypedSearch;

    /// <summary>A key, or groups of a key, that match no license or several; or a search with a problem.</summary>
    /// <param name="Told">The message for the page.</param>
    public sealed record Unclear(string Told) : TypedSearch;

    public static async Task<TypedSearch> ReadAsync(LicenseQueries licenses, string? typed, CancellationToken cancel)
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
            _ => new Unclear($"{Shared.Format.Count(found.Count, "license has", "licenses have")} a key that begins or ends like this: type the next group, or also the customer's name."),
        };
    }
}
