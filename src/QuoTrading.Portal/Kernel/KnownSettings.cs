using System.Reflection;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A setting that there is not stops the start. Left unread it would be worse: <c>Portal__KnownProxy</c> makes all customers look like one
/// address, and nothing says a word.
/// </summary>
internal static class KnownSettings
{
    // Each room names its own.
    private static readonly Dictionary<string, Type> Sections = typeof(KnownSettings).Assembly.GetTypes()
        .Select(type => (Type: type, Section: type.GetCustomAttribute<SettingsSectionAttribute>()?.Name))
        .Where(one => one.Section is not null).OrderBy(one => one.Section, StringComparer.Ordinal)
        .ToDictionary(one => one.Section!, one => one.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>All there are, without <c>Portal:</c>.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [.. PropertiesOf(typeof(PortalOptions)).Select(property => property.Name), .. Sections.SelectMany(section => PropertiesOf(section.Value).Select(property => $"{section.Key}:{property.Name}"))];

    /// <summary>A sentence for each other one in the configuration.</summary>
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
        // Of a list the entries are numbered, and have nothing below them; of anything else there are none.
        return known.PropertyType.IsArray
            ? below.Where(item => !item.Key.All(char.IsAsciiDigit)).SelectMany(item => Leaves($"{name}:{item.Key}", item))
            : below.SelectMany(item => Leaves($"{name}:{item.Key}", item));
    }

    // As somebody wrote them.
    private static IEnumerable<string> Leaves(string name, IConfigurationSection entry)
    {
        var below = entry.GetChildren().ToList();
        return below.Count == 0 ? [name] : below.SelectMany(item => Leaves($"{name}:{item.Key}", item));
    }

    private static IEnumerable<PropertyInfo> PropertiesOf(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    // A name at the wrong place is the nearest, whatever stands before it.
    private static string Nearest(string name) => Names.MinBy(known => Math.Min(Distance(name, known), Distance(LastOf(name), LastOf(known)) + 1))!;

    private static string LastOf(string name) => name[(name.LastIndexOf(':') + 1)..];

    /// <summary>How many letters must be changed, put in or left out.</summary>
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
