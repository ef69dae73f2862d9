using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>One word of a search: what a caller reads out, or copies from his screen.</summary>
/// <param name="Text">Without the dots that a refusal puts behind the holder's fingerprint.</param>
/// <param name="Key">In case it is a whole key.</param>
/// <param name="IsKey">It is one of our own, whether or not anybody uses it.</param>
internal sealed record SearchWord(string Text, KeyHash Key, bool IsKey)
{
    // A group of a key has five characters, its mask shows four.
    private const int Group = 5;

    public static SearchWord Of(string word)
    {
        var text = word.Length > 3 ? word.TrimEnd('.', '…') : word;
        return new SearchWord(text, KeyHash.Of(text), LicenseKey.IsOwn(text));
    }

    public bool IsKeyOf(OnlineRow row) => row.Key == Key;

    public bool Finds(OnlineRow row) =>
        IsIn(row.CustomerEmail) || IsIn(row.CustomerName) || IsIn(row.KeyMasked) || IsIn(row.DeviceName) || IsIn(row.Device) || IsIn(row.Address)
        || IsIn(row.Symbol) || IsIn(row.Telemetry.Symbol) || IsIn(row.Plan) || IsIn(row.BotVersion) || IsIn(row.Status)
        || (row.Telemetry.HasOpenPosition && IsIn(OnlineText.Position(row)))
        || IsKeyOf(row) || (Text.Length == Group && row.KeyMasked.EndsWith(Text[1..], StringComparison.OrdinalIgnoreCase));

    private bool IsIn(string? text) => text is not null && text.Contains(Text, StringComparison.OrdinalIgnoreCase);
}
