using System.Text.Json;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What the rules and the pages read from a client's metadata. Untrusted text: a value that is not as expected is null.</summary>
/// <param name="Position">Contracts held: above 0 long, below 0 short.</param>
/// <param name="PositionPnl">US dollars, of the open position.</param>
/// <param name="SessionPnl">US dollars, since the bot started.</param>
/// <param name="Symbol">The symbol of the position.</param>
public sealed record Telemetry(decimal? Position = null, decimal? PositionPnl = null, decimal? SessionPnl = null, string? Symbol = null)
{
    public static Telemetry None { get; } = new();

    /// <summary>At least one value was read.</summary>
    public bool IsTold => this != None;

    public bool HasOpenPosition => Position is not null and not 0;

    /// <summary>Reads the JSON object that was sent as <c>metadata</c>; null and unreadable text give <see cref="None"/>.</summary>
    public static Telemetry Of(string? metadata)
    {
        if (metadata is null) return None;
        try
        {
            using var document = JsonDocument.Parse(metadata);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return None;
            return new Telemetry(Number(root, "current_position"), Number(root, "position_pnl"), Number(root, "session_pnl"), Text(root, "symbol"));
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>The sum of two figures, limited to the range of decimal: clients may send any number.</summary>
    public static decimal Add(decimal one, decimal other)
    {
        if (one > 0 && other > decimal.MaxValue - one) return decimal.MaxValue;
        return one < 0 && other < decimal.MinValue - one ? decimal.MinValue : one + other;
    }

    private static decimal? Number(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetDecimal(out var number) ? number : null;
        return Text(root, name) is { } text && decimal.TryParse(text, out var parsed) ? parsed : null;
    }

    private static string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { Length: > 0 and <= 64 } text && !text.Any(char.IsControl) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: valid in JSON, but not in a string.
            return null;
        }
    }
}
