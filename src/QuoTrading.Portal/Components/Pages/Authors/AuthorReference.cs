using System.Net;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>The document for authors of clients, <c>docs/client-api.md</c> of this version, as HTML for a page.</summary>
internal static partial class AuthorReference
{
    // The page has a title and a heading above this part, so the document's headings go one level deeper.
    private const int Deeper = 1;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).DisableHtml().Build();

    private static readonly Lazy<string> Rendered = new(Render);

    // As in the document's examples.
    private const string ExampleServer = "http://localhost:5080", ExampleKey = "VFAEA-F4PVN-52KX1-A67PS-QNYV8";

    /// <summary>The document as HTML; HTML inside the document is not passed through.</summary>
    public static string Html => Rendered.Value;

    /// <summary>The same with the portal's own address and a placeholder for the key in its examples.</summary>
    /// <param name="server">The portal's address, without a slash at its end.</param>
    public static string For(string server) => Html.Replace(ExampleServer, WebUtility.HtmlEncode(server), StringComparison.Ordinal)
        .Replace(ExampleKey, "YOUR-LICENSE-KEY", StringComparison.Ordinal);

    /// <summary>The HTML of a Markdown document.</summary>
    public static string Of(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var title in document.OfType<HeadingBlock>().Where(heading => heading.Level == 1).ToList()) document.Remove(title);
        foreach (var heading in document.Descendants<HeadingBlock>()) heading.Level += Deeper;
        // Focusable, so that they can be scrolled with the keyboard.
        foreach (var code in document.Descendants<CodeBlock>()) code.GetAttributes().AddProperty("tabindex", "0");
        foreach (var table in document.Descendants<Table>()) table.GetAttributes().AddClass("reference-table");
        foreach (var link in document.Descendants<LinkInline>().ToList()) Lead(link);
        return TableStart().Replace(document.ToHtml(Pipeline), """<div class="wide" tabindex="0" role="group" aria-label="Table">$0""")
            .Replace("</table>", "</table></div>", StringComparison.Ordinal)
            // An empty header cell is of no use to a screen reader.
            .Replace("<th></th>", "<td></td>", StringComparison.Ordinal);
    }

    // A bare fragment would lead to the start page. A link to a file of the repository becomes a link to its download, or plain text.
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
