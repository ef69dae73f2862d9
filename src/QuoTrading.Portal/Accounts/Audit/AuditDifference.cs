using System.Text.Json;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>One thing that a change touched, as it was and as it is.</summary>
/// <param name="Field">In words: <c>expires at</c>. Empty where the whole is meant.</param>
/// <param name="Before">Null where there was nothing.</param>
/// <param name="After">Null where there is nothing now.</param>
internal sealed record AuditDifference(string Field, string? Before, string? After)
{
    /// <summary>The entry says nothing of it before, which is not the same as that it was empty: it tells what was made, or which one was changed.</summary>
    public bool IsOnlyNow { get; private init; }

    /// <summary>What an entry tells of its change, without what stayed as it was.</summary>
    public static IReadOnlyList<AuditDifference> Of(AuditEntry entry)
    {
        var (before, after) = (Members(entry.Before), Members(entry.After));
        if (before is null || after is null) return entry is { Before: null, After: null } ? [] : [new AuditDifference("", entry.Before, entry.After)];
        return [.. before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Select(name => new AuditDifference(name.Replace('_', ' '), before.GetValueOrDefault(name), after.GetValueOrDefault(name)) { IsOnlyNow = !before.ContainsKey(name) })
            .Where(difference => difference.Before != difference.After)];
    }

    // Null for what is no JSON object.
    private static Dictionary<string, string?>? Members(string? json)
    {
        if (json is null) return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().DistinctBy(member => member.Name, StringComparer.Ordinal).ToDictionary(member => member.Name, member => Text(member.Value), StringComparer.Ordinal)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        _ => value.GetRawText(),
    };
}
