using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>What the page reads, and the actions on the licenses that it found.</summary>
public sealed partial class LicensesPage
{
    private async Task SearchChangedAsync(string? typed)
    {
        search = typed ?? "";
        try
        {
            await Task.Delay(Pause, Time, Begin());
        }
        catch (OperationCanceledException)
        {
            // The next key was pressed.
            return;
        }

        await ShowAsync(wanted with { Search = search.Trim() is { Length: > 0 } words ? words : null });
    }

    private Task ChooseExpiresAsync(string? choice)
    {
        choosingRange = choice == "range";
        return choosingRange ? Task.CompletedTask : ShowAsync(wanted with { Expires = choice is { Length: > 0 } ? choice : null });
    }

    private Task ChooseRangeAsync(DateOnly? first, DateOnly? last) => ShowAsync(wanted with { Expires = LicenseQuery.WriteRange(first, last) });

    /// <summary>Writes the query into the address, without a key, and shows its result.</summary>
    private async Task ShowAsync(LicenseQuery query)
    {
        if (SearchWords.Problem(query.Search) is { } problem)
        {
            Notices.Failed("That cannot be searched for", problem);
            return;
        }

        wanted = query;
        search = query.Search is { } words && words != search.Trim() ? words : query.Search is null ? "" : search;
        selected.Clear();
        if (!await TryAsync(async cancel => secret = LicenseKey.IsBegunIn(query.Search ?? "") || await Licenses.NamesKeyAsync(query.Search, cancel), Begin())) return;
        written = Navigation.GetUriWithQueryParameters((secret ? query with { Search = null } : query).ToParameters());
        // A navigation to the same address does not read the list again.
        if (written == Navigation.Uri) await RetryAsync();
        else Navigation.NavigateTo(written, replace: true);
    }

    protected override async Task<Page<LicenseItem>> ReadAsync(PageRequest request, CancellationToken cancel)
    {
        var query = wanted;
        if (query.Sharing)
        {
            var signs = await Ranking.ReadAsync(cancel);
            // A late answer to an older read must not overwrite a newer one.
            cancel.ThrowIfCancellationRequested();
            shared = signs;
        }

        try
        {
            return await ReadAsync(query, request, cancel);
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            // The address was edited by hand: shows the first page.
            return await ReadAsync(query, PageRequest.First, cancel);
        }
    }

    private Task<Page<LicenseItem>> ReadAsync(LicenseQuery query, PageRequest request, CancellationToken cancel) => query is { Sharing: true, Ordering: null }
        ? Licenses.ReadRankedAsync(FilterOf(query), request, cancel)
        : Licenses.ReadAsync(FilterOf(query), query.Ordering ?? LicenseOrdering.Newest, request, cancel);

    protected override async Task<Counted> CountAsync(CancellationToken cancel)
    {
        var found = await Licenses.CountAsync(FilterOf(wanted), cancel);
        var known = await Licenses.PlansAsync(cancel);
        cancel.ThrowIfCancellationRequested();
        (count, plans) = (found, known);
        return Counted.UpTo(found);
    }

    private LicenseFilter FilterOf(LicenseQuery query) => query.ToFilter(Time.GetUtcNow().UtcDateTime, shared);

    private void Ask(ActionKind what)
    {
        (kind, targets) = (what, [.. selected.Values.Select(item => new LicenseTarget(item.Id, item.CustomerEmail, item.KeyMasked))]);
        open = Dialog.Act;
    }

    private async Task AskForAllAsync(ActionKind what)
    {
        if (!await TryAsync(async cancel => targets = await Licenses.TargetsAsync(FilterOf(wanted), LicenseBulk.Most + 1, cancel), Gone)) return;
        if (targets.Count > LicenseBulk.Most)
        {
            Notices.Failed("That is too much at once", $"Narrow the list to at most {LicenseBulk.Most:#,0} licenses.");
            return;
        }

        kind = what;
        open = Dialog.Act;
    }

    private Task CloseAsync(bool changed)
    {
        open = Dialog.None;
        if (!changed) return Task.CompletedTask;
        selected.Clear();
        return RetryAsync();
    }

    protected override void Tell(Exception failure) => LogFailed(Logs.CreateLogger<LicensesPage>(), failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of licenses could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
