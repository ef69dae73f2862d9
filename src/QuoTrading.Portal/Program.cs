using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api;
using QuoTrading.Portal.Cli;
using QuoTrading.Portal.Components;
using QuoTrading.Portal.Demo;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Import;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Storage.Sqlite;

var (isDemo, arguments) = DemoSetup.Read(args);
if (CommandLine.IsCommand(arguments)) return await CommandLine.RunAsync(arguments);

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = ContentRoot.Find() });
    builder.UseDemo(isDemo).UseDefaultAddress().WebHost.UseStaticWebAssets();
    var quiet = new QuietStart(builder.Logging);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath);
    builder.Services.AddLicensing().AddLicenseImport();
    builder.Services.AddSessions(builder.Configuration);
    builder.Services.AddHistory();
    builder.Services.AddAccounts();
    builder.Services.AddOperating(builder.Configuration);
    builder.Services.AddApi(builder.Configuration);
    builder.Services.AddPages();

    var app = builder.Build();
    app.Services.CheckSettings();
    using var taken = await app.Services.PrepareStorageAsync();
    await app.Services.GetRequiredService<KeyRenewal>().RunAsync();
    await app.Services.GetRequiredService<SigningKeys>().PrepareAsync();
    await app.PrepareDemoAsync();
    quiet.Until(app.Lifetime.ApplicationStarted);

    app.UseForwardedHeaders();
    app.UseDoor();
    app.UsePages();
    app.UseAccounts();
    app.MapApi();
    app.MapAccounts();
    app.MapPages();
    await app.RunAsync();
    return 0;
}
catch (Exception failure) when (StartException.From(failure) is { } reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 1;
}
