using Microsoft.AspNetCore.Components;

namespace QuoTrading.Portal.Components.Lists;

public sealed partial class FilterText : IDisposable
{
    // Without it, each key would start a search.
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // Values that were reported and have not come back as Value yet: a late one must not overwrite what was typed since.
    private readonly List<string> told = [];
    private CancellationTokenSource? pausing;
    private string text = "";
    private string last = "";
    private string? known;

    [Parameter, EditorRequired]
    public required string Id { get; set; }

    [Parameter, EditorRequired]
    public required string Label { get; set; }

    [Parameter]
    public string Type { get; set; } = "text";

    /// <summary>The value in the address.</summary>
    [Parameter]
    public string? Value { get; set; }

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public string? Hint { get; set; }

    /// <summary>True for the field that the key <c>/</c> focuses.</summary>
    [Parameter]
    public bool Search { get; set; }

    [Parameter]
    public EventCallback<string?> Changed { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    /// <summary>Clears the typed text, for a text that does not become <see cref="Value"/>.</summary>
    public void Empty()
    {
        pausing?.Cancel();
        told.Clear();
        (text, last) = ("", "");
        StateHasChanged();
    }

    public void Dispose()
    {
        pausing?.Cancel();
        pausing?.Dispose();
    }

    protected override void OnParametersSet()
    {
        if (Value == known) return;
        known = Value;
        var own = told.IndexOf(Value ?? "");
        if (own >= 0) told.RemoveRange(0, own + 1);
        else (text, last) = (Value ?? "", Value ?? "");
    }

    private async Task TypedAsync(string? typed)
    {
        text = typed ?? "";
        pausing?.Cancel();
        pausing?.Dispose();
        pausing = new CancellationTokenSource();
        try
        {
            await Task.Delay(Pause, Time, pausing.Token);
        }
        catch (OperationCanceledException)
        {
            // The next key was pressed, or the page was closed.
            return;
        }

        await TellAsync();
    }

    private Task EnteredAsync(ChangeEventArgs change)
    {
        pausing?.Cancel();
        text = change.Value as string ?? "";
        return TellAsync();
    }

    private Task TellAsync()
    {
        var trimmed = text.Trim();
        if (trimmed == last) return Task.CompletedTask;
        last = trimmed;
        told.Add(trimmed);
        return Changed.InvokeAsync(trimmed.Length > 0 ? trimmed : null);
    }
}
