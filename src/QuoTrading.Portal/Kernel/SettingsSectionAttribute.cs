namespace QuoTrading.Portal.Kernel;

/// <summary>Of which section below <c>Portal</c> a class holds the settings.</summary>
/// <param name="name">Of the section.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SettingsSectionAttribute(string name) : Attribute
{
    public string Name => name;
}
