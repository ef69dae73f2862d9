using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.House;

/// <summary>What comments and documents point to is there: a reader who follows them ends nowhere else.</summary>
public sealed partial class DocumentsTests
{
    private static readonly string[] Roots = ["src", "bench", "clients", "build", "docs", "wwwroot", ".ci"];
    private static readonly string[] Kinds = [".cs", ".razor", ".py", ".md", ".targets", ".props", ".css", ".js", ".sh", ".service", ".conf", ".toml", ""];
    private static readonly string[] Maps = ["docs/architecture.md", "docs/protocol.md", "docs/glossary.md", "CONTRIBUTING.md"];

    private static readonly Lazy<IReadOnlyList<(string Path, string Text)>> Files = new(() => [.. Enumerate().Select(path => (path, File.ReadAllText(path)))]);

    [Fact]
    public void Every_document_that_is_named_is_there()
    {
        var named = Files.Value.SelectMany(file => Name().Matches(file.Text).Select(found => (file.Path, Document: found.Value))).ToList();

        Assert.Contains(named, one => one.Document == "docs/protocol.md" && one.Path.EndsWith(".cs", StringComparison.Ordinal));
        Assert.Empty(named.Where(one => Find(one.Path, one.Document) is null).Select(one => $"{Short(one.Path)} names {one.Document}"));
    }

    [Fact]
    public void Every_heading_that_a_comment_names_is_there()
    {
        var named = Files.Value.Where(file => !file.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => NameAndHeading().Matches(InOneLine(file.Text)).Select(found => (file.Path, Document: found.Groups["name"].Value, Heading: found.Groups["heading"].Value))).ToList();

        Assert.Contains(named, one => one.Heading.StartsWith("Symbol sessions", StringComparison.Ordinal));
        Assert.Empty(named.Where(one => Find(one.Path, one.Document) is { } path && !Document.At(path).HasHeadingAtStartOf(one.Heading)).Select(one => $"{Short(one.Path)} names {one.Document}, {one.Heading}"));
    }

    [Fact]
    public void Every_link_of_a_document_leads_somewhere()
    {
        var documents = Files.Value.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal)).Select(file => Document.At(file.Path)).ToList();
        var links = documents.SelectMany(document => Link().Matches(document.Text).Select(found => (document.Path, File: found.Groups["file"].Value, Anchor: found.Groups["anchor"].Value)))
            .Where(link => !link.File.Contains(':', StringComparison.Ordinal)).ToList();

        Assert.Contains(links, link => link.Anchor.Length > 0);
        Assert.Empty(links.Where(link => !Leads(link.Path, link.File, link.Anchor)).Select(link => $"{Short(link.Path)} links to {link.File}#{link.Anchor}"));
    }

    [Fact]
    public void Every_rule_that_is_named_is_one_of_the_protocol()
    {
        var rules = Document.At("docs/protocol.md").Headings.Select(heading => RuleOf().Match(heading.Text)).Where(found => found.Success).Select(found => Number(found.Groups["number"])).ToList();
        var named = Files.Value.SelectMany(file => Rule().Matches(InOneLine(file.Text)).SelectMany(found => found.Groups["number"].Captures.Select(number => (file.Path, Number: Number(number))))).ToList();

        Assert.Equal(Enumerable.Range(1, rules.Count), rules);
        Assert.Contains(named, one => one.Path.EndsWith("SessionRules.cs", StringComparison.Ordinal));
        Assert.Empty(named.Where(one => !rules.Contains(one.Number)).Select(one => $"{Short(one.Path)} names Rule {one.Number}"));
    }

    [Fact]
    public void Every_source_file_that_a_map_names_is_there()
    {
        var there = Files.Value.Select(file => Path.GetFileName(file.Path)).ToHashSet(StringComparer.Ordinal);
        var named = Maps.SelectMany(map => SourceFile().Matches(Document.At(map).Text).Select(found => (map, File: found.Groups["file"].Value))).ToList();

        Assert.Contains(named, one => one.File == "SessionRules.cs");
        Assert.Empty(named.Where(one => !there.Contains(one.File)).Select(one => $"{one.map} names {one.File}"));
    }

    [Fact]
    public void Every_type_and_table_of_the_glossary_is_there()
    {
        var types = typeof(SessionRules).Assembly.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        using var context = new DesignTimeContextFactory().CreateDbContext([]);
        var tables = context.Model.GetEntityTypes().Select(entity => entity.GetTableName()).ToHashSet(StringComparer.Ordinal);
        var carriers = Carrier().Matches(Document.At("docs/glossary.md").Text).Select(row => row.Groups["carrier"].Value).ToList();

        var wrong = carriers.SelectMany(carrier => Table().Matches(carrier).Select(found => found.Groups["name"].Value)).Where(table => !tables.Contains(table)).ToList();
        var spoken = carriers.SelectMany(carrier => TypeName().Matches(Table().Replace(carrier, "")).Select(found => (Type: found.Groups["type"].Value, Member: found.Groups["member"].Value))).ToList();
        wrong.AddRange(spoken.Where(one => !types[one.Type].Any(type => one.Member.Length == 0 || type.GetMember(one.Member, System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Instance
            | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic).Length > 0)).Select(one => $"{one.Type}.{one.Member}"));

        Assert.True(spoken.Count > 50);
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Enumerate() => Roots.SelectMany(root => Directory.EnumerateFiles(Path.Combine(Repository.Root, root), "*", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Repository.Root))
        .Where(path => Kinds.Contains(Path.GetExtension(path)) && !Built().IsMatch(path[Repository.Root.Length..]));

    // Beside the file, at the root, or among the documents; null where there is none.
    private static string? Find(string from, string document)
    {
        string[] places = [Path.GetDirectoryName(from)!, Repository.Root, Path.Combine(Repository.Root, "docs")];
        var name = document;
        while (name.StartsWith("../", StringComparison.Ordinal)) name = name[3..];
        return places.Select(place => Path.GetFullPath(Path.Combine(place, document))).Append(Path.Combine(Repository.Root, name)).FirstOrDefault(File.Exists);
    }

    private static bool Leads(string from, string file, string anchor)
    {
        var path = file.Length == 0 ? from : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, file));
        if (!File.Exists(path) && !Directory.Exists(path)) return false;
        return anchor.Length == 0 || Document.At(path).HasAnchor(anchor);
    }

    private static string InOneLine(string text) => LineOfComment().Replace(text, " ");

    private static int Number(Capture digits) => int.Parse(digits.Value, System.Globalization.CultureInfo.InvariantCulture);

    private static string Short(string path) => Path.GetRelativePath(Repository.Root, path);

    [GeneratedRegex(@"[\\/](bin|obj|artifacts|node_modules|__pycache__|\.[a-z_]+cache|dist|TestResults)[\\/]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Built();

    [GeneratedRegex(@"[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md\b", RegexOptions.None, 5000)]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<name>[A-Za-z0-9_./-]*[A-Za-z0-9_-]\.md), (?<heading>[A-Z`/][^\n]{0,80})", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NameAndHeading();

    [GeneratedRegex(@"\]\((?<file>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b[Rr]ules? (?<number>\d+)( (to|and) (?<number>\d+))?", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^Rule (?<number>\d+): ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RuleOf();

    [GeneratedRegex(@"`([A-Za-z/-]+/)?(?<file>[A-Za-z][A-Za-z.]*\.(cs|razor|targets|css))`", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\|[^|]*\|[^|]*\| (?<carrier>[^|]*) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Carrier();

    [GeneratedRegex("table `(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Table();

    [GeneratedRegex(@"`(?<type>[A-Z][A-Za-z]+)(\.(?<member>[A-Z][A-Za-z]+))?`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\r?\n\s*(///|//|#|--|\*)?\s*", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex LineOfComment();
}
