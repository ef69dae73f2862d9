using Microsoft.AspNetCore.Components;

namespace QuoTrading.Portal.Components.Lists;

public sealed partial class FilterText : IDisposable
{
    // Nobody wants an answer to each key he presses.
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // What was told and has not come back as the value yet: an answer that is late must not undo what was typed since.
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

    /// <summary>As the address has it.</summary>
    [Parameter]
    public string? Value { get; set; }

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public string? Hint { get; set; }

    /// <summary>The one that <c>/</c> leads to.</summary>
    [Parameter]
    public bool Search { get; set; }

    [Parameter]
    public EventCallback<string?> Changed { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    /// <summary>Forgets what was typed, for a text that does not become the value.</summary>
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
            // The next key was pressed, or the page went.
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
