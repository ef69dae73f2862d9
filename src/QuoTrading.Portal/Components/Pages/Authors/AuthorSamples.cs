namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>The first lines of a bot, with the portal's own address in them.</summary>
internal static class AuthorSamples
{
    /// <param name="server">The portal's address, without a slash at its end.</param>
    public static string Python(string server) => $"""
        import os, sys
        from quotrading_license import LicenseSession

        with LicenseSession("{server}", os.environ["LICENSE_KEY"], app="bot", symbol="ES") as license:
            if not license.login():
                sys.exit(license.reason.message)
            while not license.over:
                trade(may_open=license.may_open())  # yours: it may always close
        """;

    /// <inheritdoc cref="Python"/>
    public static string CSharp(string server) => $$"""
        using QuoTrading;

        var key = Environment.GetEnvironmentVariable("LICENSE_KEY")!;
        await using var license = new LicenseSession("{{server}}", key, new LicenseOptions { App = "bot", Symbol = "ES" });
        if (!await license.LogInAsync())
            throw new InvalidOperationException(license.Reason!.Message);
        while (!license.IsOver)
            await TradeAsync(mayOpen: license.MayOpen); // yours: it may always close
        """;
}
