using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>A page with a list. The list is paged by key; its filter and page are in the address.</summary>
public abstract partial class ListPage<T> : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private CancellationTokenSource? reading;
    private string? shownAddress;
    private string path = "";
    private bool disposed;

    protected ListPage() => Gone = gone.Token;

    [Inject]
    public required NavigationManager Navigation { get; set; }

    [Inject]
    public required LicenseQueries Licenses { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required ILoggerFactory Logs { get; set; }

    /// <summary>The filter and page from the address.</summary>
    public ListQuery Query { get; private set; } = new(_ => null, default);

    /// <summary>Null until the first rows are loaded, and if the filter cannot be read.</summary>
    public Page<T>? Shown { get; private set; }

    /// <summary>Null until it is known.</summary>
    public Counted? Count { get; private set; }

    public bool Busy { get; private set; } = true;

    public bool Failed { get; private set; }

    /// <summary>The message of <see cref="TooManyMatchException"/>, which says what to do; null if there was none.</summary>
    public string? TooMany { get; private set; }

    /// <summary>Cancelled when the page is disposed.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>Query parameters that open something beside the list and do not change the list.</summary>
    protected virtual IReadOnlyCollection<string> Beside => [];

    /// <summary>Reads the filter from the address; values that cannot be read are added to <see cref="ListQuery.Problems"/>.</summary>
    protected abstract void Understand(ListQuery query);

    protected abstract Task<Page<T>> ReadAsync(PageRequest request, CancellationToken cancel);

    protected abstract Task<Counted> CountAsync(CancellationToken cancel);

    /// <summary>The licenses of the rows that still exist: history and events outlive licenses.</summary>
    protected IReadOnlySet<long> There { get; private set; } = new HashSet<long>();

    /// <summary>The license of a row; null if it has none.</summary>
    protected virtual long? LicenseOf(T row) => null;

    /// <summary>Called after new rows were set in <see cref="Shown"/>.</summary>
    protected virtual void Arrived()
    {
    }

    protected override void OnInitialized()
    {
        path = new Uri(Navigation.Uri).AbsolutePath;
        Navigation.LocationChanged += Moved;
    }

    protected override Task OnInitializedAsync() => LoadAsync();

    /// <summary>Reads the list again, even if the address has not changed.</summary>
    public Task RetryAsync()
    {
        shownAddress = null;
        return LoadAsync();
    }

    private void Moved(object? sender, LocationChangedEventArgs e)
    {
        if (new Uri(e.Location).AbsolutePath == path) _ = OnCircuitAsync(LoadAsync);
    }

    /// <summary>Runs work on the circuit, for callers outside it.</summary>
    protected async Task OnCircuitAsync(Func<Task> work)
    {
        try
        {
            await InvokeAsync(work);
        }
        catch (ObjectDisposedException)
        {
            // The page was closed while the call waited.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private async Task LoadAsync()
    {
        if (disposed) return;
        var values = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query);
        var address = Navigation.GetUriWithQueryParameters(Beside.ToDictionary(name => name, _ => (object?)null, StringComparer.Ordinal));
        Query = new ListQuery(name => values.TryGetValue(name, out var value) ? value.ToString() : null, Time.GetUtcNow().UtcDateTime);
        Understand(Query);
        StateHasChanged();
        if (address == shownAddress) return;
        shownAddress = address;
        await LoadAsync(Query, Begin());
    }

    /// <summary>Cancels the current read and returns the token of a new one.</summary>
    protected CancellationToken Begin()
    {
        if (disposed) return new CancellationToken(canceled: true);
        reading?.Cancel();
        reading?.Dispose();
        reading = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        return reading.Token;
    }

    private async Task LoadAsync(ListQuery query, CancellationToken cancel)
    {
        (Busy, Failed, Count, TooMany) = (true, false, null, null);
        if (query.Problems.Count > 0)
        {
            (Busy, Shown) = (false, null);
            StateHasChanged();
            return;
        }

        StateHasChanged();
        try
        {
            // SQLite reads synchronously on the calling thread, and the circuit's thread must stay free for the page.
            var (page, there) = await Task.Run(() => ReadPageAsync(query.Page, cancel), cancel);
            if (cancel.IsCancellationRequested) return;
            (Shown, There, Busy) = (page, there, false);
            Arrived();
            StateHasChanged();
            var count = await Task.Run(() => CountAsync(cancel), cancel);
            if (cancel.IsCancellationRequested) return;
            Count = count;
            StateHasChanged();
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // A newer read has started, or the page was closed.
        }
        catch (TooManyMatchException many)
        {
            (Busy, Shown, TooMany) = (false, null, many.Message);
            StateHasChanged();
        }
        catch (FormatException)
        {
            // The page key in the address is invalid, for example because the address was cut off: shows the first page.
            Navigation.NavigateTo(AddressWith(), replace: true);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private async Task<(Page<T> Page, IReadOnlySet<long> There)> ReadPageAsync(PageRequest request, CancellationToken cancel)
    {
        var page = await ReadAsync(request, cancel);
        var licenses = page.Items.Select(LicenseOf).OfType<long>().ToList();
        return (page, licenses.Count == 0 ? new HashSet<long>() : await Licenses.WhichExistAsync(licenses, cancel));
    }

    /// <summary>Reads something that the list depends on. If it fails, the list is shown as failed.</summary>
    /// <returns>False if it failed or was cancelled.</returns>
    protected async Task<bool> TryAsync(Func<CancellationToken, Task> read, CancellationToken cancel)
    {
        try
        {
            await read(cancel);
            return !cancel.IsCancellationRequested;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception failure)
        {
            Fail(failure);
            return false;
        }
    }

    private void Fail(Exception failure)
    {
        Tell(failure);
        (Busy, Failed) = (false, true);
        StateHasChanged();
    }

    /// <summary>Logs a failure.</summary>
    protected virtual void Tell(Exception failure) => LogFailed(Logs.CreateLogger(GetType()), failure, path);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposed) return;
        disposed = true;
        Navigation.LocationChanged -= Moved;
        gone.Cancel();
        reading?.Dispose();
        gone.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A list could not be read: {Path}")]
    private static partial void LogFailed(ILogger log, Exception failure, string path);
}
