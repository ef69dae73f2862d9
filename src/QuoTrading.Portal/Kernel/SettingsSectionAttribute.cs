namespace QuoTrading.Portal.Kernel;

/// <summary>Names the section below <c>Portal</c> whose settings a class holds.</summary>
/// <param name="name">The name of the section, without <c>Portal:</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SettingsSectionAttribute(string name) : Attribute
{
    public string Name => name;
}
