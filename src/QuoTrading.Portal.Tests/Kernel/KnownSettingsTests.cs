using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Metrics;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

/// <summary>A setting that there is not stops the start, and says what was meant.</summary>
public sealed partial class KnownSettingsTests
{
    [Theory]
    [InlineData("Portal:KnownProxy", "Portal:KnownProxies")]
    [InlineData("Portal:KnownProxy:0", "Portal:KnownProxies")]
    [InlineData("Portal:Datadir", "Portal:DataDirectory")]
    [InlineData("Portal:LicenseBurst", "Portal:Limits:LicenseBurst")]
    [InlineData("Portal:Limits:LicensePerSeconds", "Portal:Limits:LicensePerSecond")]
    [InlineData("Portal:Limit:UnknownKeyBurst", "Portal:Limits:UnknownKeyBurst")]
    [InlineData("Portal:Backups:Enable", "Portal:Backups:Enabled")]
    [InlineData("Portal:Backups:KeepDays:0", "Portal:Backups:KeepDays")]
    [InlineData("Portal:Otlp:Endpiont", "Portal:Otlp:Endpoint")]
    public void It_is_named_with_the_nearest_that_there_is(string wrong, string meant) =>
        Assert.Equal($"There is no setting {wrong}. Did you mean {meant}?", Assert.Single(Check((wrong, "1"))));

    [Fact]
    public void All_of_them_are_told_at_once() => Assert.Equal(2, Check(("Portal:KnownProxys", "1"), ("Portal:Health:Minimum", "1"), ("Portal:DataDirectory", "data")).Count);

    [Fact]
    public void What_there_is_may_be_set_in_either_case_and_other_sections_are_nobodys_business() => Assert.Empty(Check(
        [.. KnownSettings.Names.Where(name => name != "KnownProxies").Select(name => ($"Portal:{name}", "1")), ("portal:knownproxies:0", "::1"), ("PORTAL:KnownProxies", "::1"), ("Portals:X", "1"), ("ConnectionStrings:Portal", "x"), ("Portal", "x")]));

    [Fact]
    public void Every_section_that_is_read_is_known_with_all_that_is_read_of_it()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "QuoTrading.Portal"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Added().Matches(File.ReadAllText(file))).Select(found => found.Groups["options"].Value).Append(nameof(OtlpOptions)).ToList();
        var sections = typeof(KnownSettings).Assembly.GetTypes().Select(type => (Type: type, type.GetCustomAttribute<SettingsSectionAttribute>()?.Name)).Where(one => one.Name is not null).ToList();

        Assert.Equal(["Backups", "Health", "Limits", "Otlp", "Queue", "Streams"], sections.Select(section => section.Name).Order());
        Assert.Equal(sections.Select(section => section.Type.Name).Append(nameof(PortalOptions)).Order(), read.Order());
        foreach (var (options, name) in sections)
            Assert.All(options.GetProperties().Where(property => property.SetMethod is { IsPublic: true }), property => Assert.Contains($"{name}:{property.Name}", KnownSettings.Names));
    }

    [Fact]
    public void Whatever_the_documents_name_there_is()
    {
        string[] roots = ["docs", "src", "bench", "clients", "build"];
        var files = roots.SelectMany(root => Directory.EnumerateFiles(Path.Combine(Repository.Root, root), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root)).Where(file => Path.GetExtension(file) is ".md" or ".service" or ".cs" or ".razor" or ".py" or ".sh" or ".yml" or ".json" or ".conf" or "" && !Unread().IsMatch(file));
        var named = files.SelectMany(file => Setting().Matches(File.ReadAllText(file))).Select(found => found.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal)).Distinct().ToList();

        Assert.Contains("KnownProxies", named);
        Assert.All(named, name => Assert.Contains(KnownSettings.Names, known => known == name || known.StartsWith(name + ":", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_server_does_not_start_and_names_everything_that_is_wrong()
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Portal__KnownProxie"] = "127.0.0.1",
            ["Portal__Limits__Burst"] = "1",
            ["Portal__Limits__DeviceBurst"] = "0",
            ["Portal__Queue__MostCommands"] = "many",
            ["Portal__Queue__LongestWaitSeconds"] = "0",
            ["Portal__KnownProxies"] = "10.0.0.0/99;proxy",
            ["Portal__Otlp__Endpoint"] = "collector:4318",
            ["Portal__Backups__KeepDays"] = "0",
            ["Portal__Health__ClockToleranceMinutes"] = "0",
            ["ConnectionStrings__Portal"] = "Data Source=:memory:",
        };
        var folder = Directory.CreateTempSubdirectory("portal-settings-").FullName;
        try
        {
            var ran = await CommandProcess.RunWithAsync(wrong, folder, "--urls", "http://127.0.0.1:0");

            Assert.Equal(1, ran.ExitCode);
            Assert.Contains("There is no setting Portal:KnownProxie. Did you mean Portal:KnownProxies?", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("There is no setting Portal:Limits:Burst.", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:Limits:DeviceBurst is 0, but must be at least 1.", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("'Portal:Queue:MostCommands'", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:Queue:LongestWaitSeconds is 0, but must be at least 1.", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:KnownProxies holds \"10.0.0.0/99\"", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:KnownProxies holds \"proxy\"", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:Otlp:Endpoint is \"collector:4318\"", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:Backups:KeepDays is 0, but must be at least 1.", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("ConnectionStrings:Portal names no file.", ran.Errors, StringComparison.Ordinal);
            Assert.Contains("Portal:Health:ClockToleranceMinutes is 0, but must be at least 1.", ran.Errors, StringComparison.Ordinal);
            Assert.Equal(11, ran.Errors.Trim().Split(Environment.NewLine).Length);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Check(params (string Name, string Value)[] settings) => [.. KnownSettings.Check(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build())];

    [GeneratedRegex(@"services\.AddSettings<(?<options>\w+)>\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Added();

    [GeneratedRegex(@"\bPortal(__|:)(?<name>[A-Z][A-Za-z]+((__|:)[A-Z][A-Za-z]+)*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();

    // This file names what there is not, and so does the test of commands.
    [GeneratedRegex(@"[\\/](bin|obj|node_modules|Migrations)[\\/]|KnownSettingsTests\.cs$|CommandLineTests\.cs$|KnownSettings\.cs$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unread();
}
