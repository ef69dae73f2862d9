using Microsoft.Playwright;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>What a failed test saw: a picture and the markup of each open page, and what the browser said.</summary>
internal static class Evidence
{
    public static async Task SaveAsync(IEnumerable<IBrowserContext> contexts, IReadOnlyCollection<string> complaints)
    {
        var name = string.Concat((TestContext.Current.Test?.TestDisplayName ?? "test").Split('.').TakeLast(2).Last().Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        var folder = Path.Combine(Repository.Root, "artifacts", name.Length > 100 ? name[..100] : name);
        Directory.CreateDirectory(folder);
        await File.WriteAllLinesAsync(Path.Combine(folder, "console.txt"), complaints);
        var number = 0;
        foreach (var page in contexts.SelectMany(context => context.Pages))
        {
            var path = Path.Combine(folder, $"page-{++number}");
            try
            {
                await page.ScreenshotAsync(new() { Path = path + ".png", Timeout = 5000 });
                await File.WriteAllTextAsync(path + ".html", $"<!-- {page.Url} -->\n{await page.ContentAsync()}");
            }
            catch (Exception gone) when (gone is PlaywrightException or TimeoutException)
            {
                await File.WriteAllTextAsync(path + ".txt", gone.Message);
            }
        }

        TestContext.Current.SendDiagnosticMessage("Kept in {0}", folder);
    }
}
