using QuoTrading.Portal;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api;
using QuoTrading.Portal.Components;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Storage;

if (CommandLine.IsCommand(args)) return await CommandLine.RunAsync(args);

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Find() });
    builder.UseDefaultAddress().WebHost.UseStaticWebAssets();
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath);
    builder.Services.AddLicensing();
    builder.Services.AddSessions(builder.Configuration);
    builder.Services.AddAccounts();
    builder.Services.AddApi(builder.Configuration);
    builder.Services.AddPages();

    var app = builder.Build();
    using var taken = await app.Services.PrepareStorageAsync();

    app.UseForwardedHeaders();
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
