using Bunit;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

public sealed class KeepOutDialogTests : PageTests
{
    private static readonly LicenseItem License = new(1, 1, "a@example.com", null, "ABCD-…-WXYZ", "MONTHLY", LicenseStatus.Active, null, 1, null, Noon, 1, Noon);

    private bool? closed;

    public KeepOutDialogTests() => SignIn("Support");

    [Fact]
    public void A_device_that_is_offline_is_kept_out_for_the_chosen_time_once_a_reason_is_given()
    {
        var dialog = Open("OTHER");
        Assert.Contains("It is offline now", dialog.Markup, StringComparison.Ordinal);
        dialog.Find("[data-confirm]").Click();
        Assert.Empty(Service.KeptOutDevices);
        Assert.Equal("Say why: the history keeps it.", dialog.Find("[role=alert]").TextContent);

        dialog.Find("textarea").Input("shared key");
        dialog.Find("select").Change("30");
        dialog.Find("[data-confirm]").Click();
        Assert.Equal([(1, "OTHER", "shared key", TimeSpan.FromMinutes(30))], Service.KeptOutDevices);
        Assert.True(closed);
        Assert.Equal("OFFICE-04 is kept out for 30 minutes", Assert.Single(Notifications).Summary);
    }

    [Fact]
    public void A_position_of_its_session_wants_a_tick()
    {
        var dialog = Open(Row(1).Device);
        Assert.Contains("long 2 ES, +$137", dialog.Find("[data-positions]").TextContent, StringComparison.Ordinal);
        dialog.Find("textarea").Input("shared key");
        dialog.Find("[data-confirm]").Click();
        Assert.Empty(Service.KeptOutDevices);

        dialog.Find("#open-position").Change(true);
        dialog.Find("[data-confirm]").Click();
        Assert.Equal(TimeSpan.FromHours(1), Assert.Single(Service.KeptOutDevices).Length);
    }

    [Fact]
    public void What_goes_wrong_is_told_in_the_dialog_and_nothing_typed_is_lost()
    {
        foreach (var (failure, says) in new (Exception, string)[] { (new ForbiddenException(PortalRole.Support), "needs the role Support"), (new StoreUnavailableException("disk I/O error at /secret/path"), "Nothing was changed") })
        {
            Service.Fails = failure;
            var dialog = Open("OTHER");
            dialog.Find("textarea").Input("shared key");
            dialog.Find("[data-confirm]").Click();
            Assert.Contains(says, dialog.Find(".notice.bad").TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", dialog.Markup, StringComparison.Ordinal);
            Assert.Null(closed);
        }
    }

    [Fact]
    public void Half_an_hour_is_among_the_choices_everywhere() => Assert.Contains((30, "30 minutes"), KeepOutTimes.All);

    private IRenderedComponent<KeepOutDialog> Open(string device)
    {
        return Render<KeepOutDialog>(dialog => dialog
            .Add(d => d.License, License).Add(d => d.Device, device).Add(d => d.Name, "OFFICE-04")
            .Add(d => d.Live, [Row(1, position: 2, profit: 137)]).Add(d => d.Closed, done => closed = done));
    }
}
