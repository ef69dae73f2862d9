using System.Net;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>The document for authors of clients, <c>docs/client-api.md</c> of this version, as a part of a page.</summary>
internal static partial class AuthorReference
{
    // The page has a heading of its own, and one above this part.
    private const int Deeper = 1;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    private static readonly Lazy<string> Rendered = new(Render);

    // As the document's examples name them.
    private const string ExampleServer = "http://localhost:5080", ExampleKey = "VFAEA-F4PVN-52KX1-A67PS-QNYV8";

    /// <summary>HTML, without what was HTML in the document.</summary>
    public static string Html => Rendered.Value;

    /// <summary>The same with the portal's own address in its examples, and a gap where a key belongs.</summary>
    /// <param name="server">The portal's address, without a slash at its end.</param>
    public static string For(string server) => Html.Replace(ExampleServer, WebUtility.HtmlEncode(server), StringComparison.Ordinal)
        .Replace(ExampleKey, "YOUR-LICENSE-KEY", StringComparison.Ordinal);

    /// <summary>HTML of a document.</summary>
    public static string Of(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var title in document.OfType<HeadingBlock>().Where(heading => heading.Level == 1).ToList()) document.Remove(title);
        foreach (var heading in document.Descendants<HeadingBlock>()) heading.Level += Deeper;
        // Whoever has no mouse can scroll them, too.
        foreach (var code in document.Descendants<CodeBlock>()) code.GetAttributes().AddProperty("tabindex", "0");
        foreach (var table in document.Descendants<Table>()) table.GetAttributes().AddClass("reference-table");
        foreach (var link in document.Descendants<LinkInline>().ToList()) Lead(link);
        return TableStart().Replace(document.ToHtml(Pipeline), """<div class="wide" tabindex="0" role="group" aria-label="Table">$0""")
            .Replace("</table>", "</table></div>", StringComparison.Ordinal)
            // A header without words is none to whoever has it read out.
            .Replace("<th></th>", "<td></td>", StringComparison.Ordinal);
    }

    // A bare fragment would lead to the start page; what is beside the document in the repository is a file to take, or is not here.
    private static void Lead(LinkInline link)
    {
        if (link.Url is not { } url || Uri.TryCreate(url, UriKind.Absolute, out var elsewhere) && elsewhere.Scheme is "https" or "http") return;
        if (url.StartsWith('#')) link.Url = AuthorFiles.Path + url;
        else if (AuthorFiles.All.FirstOrDefault(file => url == "../" + file.Source) is { } file) link.Url = file.Address;
        else
        {
            while (link.FirstChild is { } part)
            {
                part.Remove();
                link.InsertBefore(part);
            }

            link.Remove();
        }
    }

    private static string Render()
    {
        using var reader = new StreamReader(AuthorFiles.Embedded("client-api.md"));
        return Of(reader.ReadToEnd());
    }

    [GeneratedRegex("<table[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex TableStart();
}
