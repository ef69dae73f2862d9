using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>What is asked of the catalog, and what is done to what it found.</summary>
public sealed partial class LicensesPage
{
    private async Task SearchChangedAsync(string? typed)
    {
        search = typed ?? "";
        var cancel = Begin();
        try
        {
            await Task.Delay(Pause, Time, cancel);
            await ShowAsync(query with { Search = search.Trim() is { Length: > 0 } words ? words : null });
        }
        catch (OperationCanceledException)
        {
            // The next key was pressed.
        }
    }

    private Task ChooseExpiresAsync(string? choice)
    {
        choosingRange = choice == "range";
        return choosingRange ? Task.CompletedTask : ShowAsync(query with { Expires = choice is { Length: > 0 } ? choice : null });
    }

    private Task ChooseRangeAsync(DateOnly? first, DateOnly? last) => ShowAsync(query with { Expires = LicenseQuery.WriteRange(first, last) });

    /// <summary>Writes what is wanted into the address, but no key, and shows it.</summary>
    private async Task ShowAsync(LicenseQuery wanted)
    {
        if (SearchWords.Problem(wanted.Search) is { } problem)
        {
            Notices.Failed("That cannot be searched for", problem);
            return;
        }

        query = wanted;
        search = wanted.Search is { } words && words != search.Trim() ? words : wanted.Search is null ? "" : search;
        selected.Clear();
        if (!await TryAsync(async cancel => secret = LicenseKey.IsBegunIn(wanted.Search ?? "") || await Catalog.NamesKeyAsync(wanted.Search, cancel))) return;
        written = Navigation.GetUriWithQueryParameters((secret ? wanted with { Search = null } : wanted).ToParameters());
        // The same address is no navigation, and brings nothing back here.
        if (written == Navigation.Uri) await LoadAsync();
        else Navigation.NavigateTo(written, replace: true);
    }

    private async Task LoadAsync()
    {
        counted = false;
        // What cannot be read is no filter that is left out: that would show, and do something to, more than was asked for.
        if (query.Problems.Count > 0) return;
        if (!await TryAsync(ReadAsync)) return;
        await TryAsync(async cancel =>
        {
            count = await Catalog.CountAsync(query.ToFilter(Time.GetUtcNow().UtcDateTime, shared), cancel);
            plans = await Catalog.PlansAsync(cancel);
            counted = true;
        });
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        // SQLite reads on the thread that asks; a circuit's own has the page to keep alive.
        if (query.Sharing) shared = await Task.Run(() => Ranking.ReadAsync(cancel), cancel);
        var filter = query.ToFilter(Time.GetUtcNow().UtcDateTime, shared);
        try
        {
            shown = await ReadAsync(filter, new PageRequest(After, Before), cancel);
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            // An address that somebody mended by hand: the list's beginning.
            shown = await ReadAsync(filter, PageRequest.First, cancel);
        }
    }

    private Task<Page<LicenseItem>> ReadAsync(LicenseFilter filter, PageRequest request, CancellationToken cancel) => query is { Sharing: true, Ordering: null }
        ? Catalog.ReadRankedAsync(filter, request, cancel)
        : Catalog.ReadAsync(filter, query.Ordering ?? LicenseOrdering.Newest, request, cancel);

    /// <returns>False if it failed, or something newer took its place.</returns>
    private async Task<bool> TryAsync(Func<CancellationToken, Task> read)
    {
        var cancel = Begin();
        try
        {
            await read(cancel);
            failed = false;
            return !cancel.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception failure)
        {
            LogFailed(Log, failure);
            failed = true;
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }

    private CancellationToken Begin()
    {
        if (gone.IsCancellationRequested) return new CancellationToken(canceled: true);
        loading?.Cancel();
        loading?.Dispose();
        loading = CancellationTokenSource.CreateLinkedTokenSource(gone.Token);
        return loading.Token;
    }

    private void Ask(ActionKind what)
    {
        (kind, targets) = (what, [.. selected.Values.Select(item => new LicenseTarget(item.Id, item.CustomerEmail, item.KeyMasked))]);
        open = Dialog.Act;
    }

    private async Task AskForAllAsync(ActionKind what)
    {
        if (!await TryAsync(async cancel => targets = await Catalog.TargetsAsync(query.ToFilter(Time.GetUtcNow().UtcDateTime, shared), LicenseBulk.Most + 1, cancel))) return;
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
        return LoadAsync();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of licenses could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
