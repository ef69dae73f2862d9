using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>One word of a search: what a customer reads out, or copies from the screen.</summary>
/// <param name="Text">Without the dots that a refusal appends to the holder's fingerprint.</param>
/// <param name="Key">The hash of the word, in case it is a whole key.</param>
internal sealed record SearchWord(string Text, KeyHash Key)
{
    private readonly (string First, string Last)? ends = LicenseKey.EndsOf(Text);

    public static SearchWord Of(string word)
    {
        var text = word.Length > 3 ? word.TrimEnd('.', '…') : word;
        return new SearchWord(text, KeyHash.Of(text));
    }

    public bool IsKeyOf(OnlineRow row) => row.Key == Key;

    public bool Finds(OnlineRow row) =>
        IsIn(row.CustomerEmail) || IsIn(row.CustomerName) || IsIn(row.KeyMasked) || IsIn(row.DeviceName) || IsIn(row.Device) || IsIn(row.Address)
        || IsIn(row.Symbol) || IsIn(row.Telemetry.Symbol) || IsIn(row.Plan) || IsIn(row.BotVersion) || IsIn(row.Status)
        || row.Programs.Any(program => IsIn(program.App) || IsIn(program.Symbol) || IsIn(program.Figures.Symbol) || IsIn(program.BotVersion))
        || (row.HasOpenPosition && IsIn(OnlineFormat.Position(row)))
        || IsKeyOf(row) || (ends is var (first, last) && (row.KeyMasked.StartsWith($"{first}-", StringComparison.OrdinalIgnoreCase) || row.KeyMasked.EndsWith($"-{last}", StringComparison.OrdinalIgnoreCase)));

    private bool IsIn(string? text) => text is not null && text.Contains(Text, StringComparison.OrdinalIgnoreCase);
}
