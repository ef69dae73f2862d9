using System.Reflection;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// An unknown setting stops the start. To ignore it would be worse: with <c>Portal__KnownProxy</c> all customers would seem to have one
/// address, without any message.
/// </summary>
internal static class KnownSettings
{
    // Each room declares its own sections with SettingsSectionAttribute.
    private static readonly Dictionary<string, Type> Sections = typeof(KnownSettings).Assembly.GetTypes()
        .Select(type => (Type: type, Section: type.GetCustomAttribute<SettingsSectionAttribute>()?.Name))
        .Where(one => one.Section is not null).OrderBy(one => one.Section, StringComparer.Ordinal)
        .ToDictionary(one => one.Section!, one => one.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of all known settings, without <c>Portal:</c>.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [.. PropertiesOf(typeof(PortalOptions)).Select(property => property.Name), .. Sections.SelectMany(section => PropertiesOf(section.Value).Select(property => $"{section.Key}:{property.Name}"))];

    /// <summary>Returns a sentence for each unknown setting in the configuration.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration) => configuration.GetSection(PortalOptions.Section).GetChildren()
        .SelectMany(UnknownIn).Select(name => $"There is no setting {PortalOptions.Section}:{name}. Did you mean {PortalOptions.Section}:{Nearest(name)}?");

    private static IEnumerable<string> UnknownIn(IConfigurationSection child) =>
        Sections.TryGetValue(child.Key, out var section)
            ? child.GetChildren().SelectMany(entry => Unknown($"{child.Key}:{entry.Key}", entry, section)).Concat(string.IsNullOrWhiteSpace(child.Value) ? [] : [child.Key])
            : Unknown(child.Key, child, typeof(PortalOptions));

    private static IEnumerable<string> Unknown(string name, IConfigurationSection entry, Type options)
    {
        if (PropertiesOf(options).FirstOrDefault(property => property.Name.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) is not { } known) return Leaves(name, entry);
        var below = entry.GetChildren();
        // The entries of a list have numbers as keys, and no children. Other settings have no children.
        return known.PropertyType.IsArray
            ? below.Where(item => !item.Key.All(char.IsAsciiDigit)).SelectMany(item => Leaves($"{name}:{item.Key}", item))
            : below.SelectMany(item => Leaves($"{name}:{item.Key}", item));
    }

    // The full names of the settings, as the configuration has them.
    private static IEnumerable<string> Leaves(string name, IConfigurationSection entry)
    {
        var below = entry.GetChildren().ToList();
        return below.Count == 0 ? [name] : below.SelectMany(item => Leaves($"{name}:{item.Key}", item));
    }

    private static IEnumerable<PropertyInfo> PropertiesOf(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    // The last part of a name counts too, at a cost of 1, so that a known name in the wrong section is found.
    private static string Nearest(string name) => Names.MinBy(known => Math.Min(Distance(name, known), Distance(LastOf(name), LastOf(known)) + 1))!;

    private static string LastOf(string name) => name[(name.LastIndexOf(':') + 1)..];

    /// <summary>The Levenshtein distance, ignoring case.</summary>
    private static int Distance(string one, string other)
    {
        var (row, before) = (new int[other.Length + 1], new int[other.Length + 1]);
        for (var j = 0; j <= other.Length; j++) row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            (row, before) = (before, row);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var same = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]);
                row[j] = Math.Min(before[j - 1] + (same ? 0 : 1), Math.Min(before[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
