using System.Text.Json;

namespace QuoTrading.Portal.Accounts.Audit;

/// <summary>One changed field, before and after the change.</summary>
/// <param name="Field">In words: <c>expires at</c>. Empty if the values are of the whole target.</param>
/// <param name="Before">Null if there was no value.</param>
/// <param name="After">Null if there is no value now.</param>
internal sealed record AuditDifference(string Field, string? Before, string? After)
{
    /// <summary>
    /// The entry does not record this field before the change, which does not mean that it was empty: the field describes what was created,
    /// or identifies what was changed.
    /// </summary>
    public bool IsOnlyNow { get; private init; }

    /// <summary>The changes that an entry records, without unchanged fields.</summary>
    public static IReadOnlyList<AuditDifference> Of(AuditEntry entry)
    {
        var (before, after) = (Members(entry.Before), Members(entry.After));
        if (before is null || after is null) return entry is { Before: null, After: null } ? [] : [new AuditDifference("", entry.Before, entry.After)];
        return [.. before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Select(name => new AuditDifference(name.Replace('_', ' '), before.GetValueOrDefault(name), after.GetValueOrDefault(name)) { IsOnlyNow = !before.ContainsKey(name) })
            .Where(difference => difference.Before != difference.After)];
    }

    // Null if the text is not a JSON object.
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
