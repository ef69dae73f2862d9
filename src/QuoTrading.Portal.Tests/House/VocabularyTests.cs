using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.House;

/// <summary>Whatever a person can set or a client be told is told in the documents: what is new is missed there, and not by a reader.</summary>
public sealed partial class VocabularyTests
{
    [Fact]
    public void Every_setting_of_the_installation_is_told()
    {
        var told = Document.At("README.md").Section("Configuration").Split('\n').SelectMany(SettingsOf).ToList();
        Assert.Equal(KnownSettings.Names.Select(name => $"{PortalOptions.Section}:{name}").Order(), told.Where(name => name.StartsWith(PortalOptions.Section, StringComparison.Ordinal)).Distinct().Order());
    }

    [Fact]
    public void Every_setting_of_an_administrator_is_told_and_no_other()
    {
        var told = Row().Matches(Document.At("docs/admin-api.md").Section("Settings")).Select(row => row.Groups["word"].Value);
        Assert.Equal(typeof(SettingsFormat).GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)).Order(), told.Order());
    }

    [Fact]
    public void Every_event_kind_is_told() => AssertTold("docs/admin-api.md", "Events", Enum.GetValues<EventKind>().Select(WireNames.Of));

    [Fact]
    public void Every_reason_of_an_end_is_told_to_administrators() => AssertTold("docs/admin-api.md", "Events", Enum.GetValues<EndReason>().Select(WireNames.Of));

    [Fact]
    public void Every_reason_of_an_end_is_told_to_authors_of_clients() =>
        AssertTold("docs/client-api.md", "The session stream: /api/session/stream", Enum.GetValues<EndReason>().Select(WireNames.Of));

    [Fact]
    public void Every_sign_of_a_copied_device_is_told() => AssertTold("docs/protocol.md", "One device in two places", Enum.GetValues<CopySign>().Select(WireNames.Of));

    [Fact]
    public void Every_code_of_a_refusal_is_told()
    {
        var decided = typeof(Outcome).GetNestedTypes().SelectMany(Cases).Select(WireNames.RefusalCode).OfType<string>().ToList();
        var written = CodesIn(Refused());

        Assert.Contains("session_conflict", decided);
        Assert.Contains("too_many_sessions", decided);
        Assert.Contains("too_many_requests", written);
        AssertTold("docs/client-api.md", "Refusals", decided.Concat(written));
    }

    [Fact]
    public void Every_code_of_a_problem_is_told()
    {
        var codes = CodesIn(Problem());
        Assert.Contains("token_invalid", codes);
        Assert.Contains("outdated", codes);
        AssertTold("docs/admin-api.md", "Errors", codes);
    }

    private static void AssertTold(string document, string section, IEnumerable<string> words)
    {
        var text = Document.At(document).Section(section);
        var missed = words.Distinct().Where(word => !text.Contains($"`{word}`", StringComparison.Ordinal)).ToList();
        Assert.Empty(missed);
    }

    // One of each; where an outcome says which of several it is, one for each of them.
    private static IEnumerable<Outcome> Cases(Type type)
    {
        if (type.GetProperties().FirstOrDefault(property => property.PropertyType.IsEnum) is not { } which) return [(Outcome)RuntimeHelpers.GetUninitializedObject(type)];
        return Enum.GetValues(which.PropertyType).Cast<object>().Select(value =>
        {
            var outcome = (Outcome)RuntimeHelpers.GetUninitializedObject(type);
            which.SetValue(outcome, value);
            return outcome;
        });
    }

    // By the source: what is written there once, at the wire, no type lists.
    private static List<string> CodesIn(Regex pattern) =>
    [
        .. new[] { "Api", "Accounts" }.SelectMany(room => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "QuoTrading.Portal", room), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => pattern.Matches(File.ReadAllText(file))).Select(found => found.Groups["code"].Value).Distinct().Order(),
    ];

    // "`Portal:Limits:DevicePerSecond`, `:DeviceBurst`": the second is of the same section.
    private static IEnumerable<string> SettingsOf(string line)
    {
        var section = "";
        foreach (var word in Word().Matches(line).Select(found => found.Groups["word"].Value))
        {
            if (word.StartsWith(':')) yield return section + word;
            else yield return word;
            if (word.Contains(':', StringComparison.Ordinal) && !word.StartsWith(':')) section = word[..word.LastIndexOf(':')];
        }
    }

    [GeneratedRegex("`(?<word>[A-Za-z:]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| `(?<word>[a-z_]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("\\bCode = \"(?<code>[a-z_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refused();

    [GeneratedRegex("\\b(Of|AnswerAsync|Code)\\(((\\d+|StatusCodes\\.\\w+|\\w+\\.StatusCode), )?\"(?<code>[a-z_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Problem();
}
