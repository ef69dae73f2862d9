using System.Text;
using Microsoft.Playwright;
using QuoTrading.Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>Licenses from a file.</summary>
public sealed class ImportPage
{
    private readonly IPage page;

    private ImportPage(IPage page) => this.page = page;

    public static async Task<ImportPage> OpenAsync(IPage page)
    {
        await page.GotoAsync("/licenses/import");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Import licenses" })).ToBeVisibleAsync();
        return new ImportPage(page);
    }

    /// <summary>Chooses a file, as soon as the field listens: that is a moment after it is there, and a person takes longer.</summary>
    public async Task ChooseAsync(string name, string text)
    {
        var file = page.GetByLabel("CSV file, up to 20 MB");
        await Until.TrueAsync(() => file.EvaluateAsync<bool>("field => field._blazorInputFileNextFileId !== undefined"), "the field listens");
        await file.SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
    }
}
