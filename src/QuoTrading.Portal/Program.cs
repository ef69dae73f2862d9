using QuoTrading.Portal;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components;
using QuoTrading.Portal.Storage;

if (CommandLine.IsCommand(args)) return await CommandLine.RunAsync(args);

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Find() });
    builder.WebHost.UseStaticWebAssets();
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath);
    builder.Services.AddAccounts();
    builder.Services.AddPages();

    var app = builder.Build();
    using var taken = await app.Services.PrepareStorageAsync();

    app.UsePages();
    app.UseAccounts();
    app.MapAccounts();
    app.MapPages();
    await app.RunAsync();
    return 0;
}
catch (StartException reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 1;
}
