using System.Text.RegularExpressions;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.House;

/// <summary>A document of the repository, as far as others can point into it.</summary>
public sealed partial class Document
{
    private Document(string path)
    {
        Path = path;
        Text = File.ReadAllText(path);
        // What looks like a heading inside a sample is a comment of a shell.
        Headings = [.. Heading().Matches(Sample().Replace(Text, sample => new string(' ', sample.Length))).Select(found =>
            new Title(found.Groups["level"].Length, found.Groups["text"].Value.Replace("`", "", StringComparison.Ordinal).Trim(), found.Index))];
    }

    /// <summary>The whole path of the file.</summary>
    public string Path { get; }

    public string Text { get; }

    public IReadOnlyList<Title> Headings { get; }

    /// <summary>A document by its path below the root: <c>docs/protocol.md</c>.</summary>
    public static Document At(string path) => new(System.IO.Path.Combine(Repository.Root, path));

    /// <summary>What stands below a heading, with all below that.</summary>
    /// <exception cref="InvalidOperationException">There is no such heading, or there are two.</exception>
    public string Section(string title)
    {
        var begin = Headings.Single(heading => heading.Text == title);
        var end = Headings.FirstOrDefault(heading => heading.At > begin.At && heading.Level <= begin.Level)?.At ?? Text.Length;
        return Text[begin.At..end];
    }

    /// <summary>Whether a link <c>#anchor</c> leads to a heading: by the rule that GitHub makes anchors by.</summary>
    public bool HasAnchor(string anchor) => Headings.Any(heading => heading.Anchor == anchor);

    /// <summary>Whether a text begins with the words of a heading.</summary>
    public bool HasHeadingAtStartOf(string text) => Headings.Any(heading =>
        text.StartsWith(heading.Text, StringComparison.Ordinal) && (text.Length == heading.Text.Length || !char.IsLetterOrDigit(text[heading.Text.Length])));

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, 5000)]
    private static partial Regex Sample();

    [GeneratedRegex("^(?<level>#{1,6}) (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Heading();

    /// <param name="Level">1 for the document's own.</param>
    /// <param name="At">Where it stands in the text.</param>
    public sealed partial record Title(int Level, string Text, int At)
    {
        public string Anchor => Dropped().Replace(Text.ToLowerInvariant(), "").Replace(' ', '-');

        [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.None, 1000)]
        private static partial Regex Dropped();
    }
}
