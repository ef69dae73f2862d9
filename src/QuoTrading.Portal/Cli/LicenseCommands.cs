using System.CommandLine;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Import;

namespace QuoTrading.Portal.Cli;

/// <summary><c>license create</c> and <c>license import</c>.</summary>
internal static class LicenseCommands
{
    private const int DefaultDays = 30;

    public static Command Create() => new("license", "Makes licenses, or takes over those of the old system.") { CreateLicense(), ImportLicenses() };

    private static Command CreateLicense()
    {
        var email = new Option<string>("--email") { Description = "The customer's e-mail address; a new customer is created.", Required = true };
        var plan = new Option<string>("--plan") { Description = "What was sold, in your words.", DefaultValueFactory = _ => LicenseRules.DefaultPlan };
        var days = Number("--days", $"How many days it is good, from now. {DefaultDays} where neither this nor --lifetime is given.");
        var lifetime = new Option<bool>("--lifetime") { Description = "It never expires." };
        var seats = Number("--seats", "How many devices may use it at a time. 1 where it is not given.");
        var count = Number("--count", "How many licenses. 1 where it is not given.");
        var command = new Command("create", "Makes licenses. Their keys, and nothing else, go to stdout, one a line.") { email, plan, days, lifetime, seats, count };
        command.Validators.Add(result =>
        {
            if (result.GetResult(days) is not null && result.GetResult(lifetime) is not null)
                result.AddError("--days and --lifetime exclude each other; give one of them.");
        });
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(services => CreateAsync(
            services.GetRequiredService<LicenseIssuer>(),
            new LicenseOrder(
                given.GetRequiredValue(email),
                given.GetValue(lifetime) ? new LicenseTerm.Lifetime() : new LicenseTerm.Days(given.GetValue(days) ?? DefaultDays),
                given.GetRequiredValue(plan),
                given.GetValue(seats) ?? 1,
                given.GetValue(count) ?? 1),
            cancel)));
        return command;
    }

    private static Command ImportLicenses()
    {
        var file = new Argument<string>("FILE.csv") { Description = "The file, UTF-8 or UTF-16. A relative path counts from the working directory; 'dotnet run --project' starts in the repository's root." };
        var update = new Option<bool>("--update") { Description = "Licenses that are here and differ take the file's plan, status and expiry." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only says what it would do." };
        var command = new Command("import", $"Takes over licenses from a CSV file with the columns {ImportColumns.Expected}. With an error in it nothing is imported; the same file twice does nothing the second time.") { file, update, dryRun };
        command.SetAction((given, cancel) => CommandLine.WithServicesAsync(services => ImportCommand.RunAsync(
            services.GetRequiredService<LicenseImport>(), given.GetRequiredValue(file), given.GetValue(update), given.GetValue(dryRun), cancel)));
        return command;
    }

    private static async Task<int> CreateAsync(LicenseIssuer issuer, LicenseOrder order, CancellationToken cancel)
    {
        var printed = 0;
        try
        {
            switch (await issuer.IssueAsync(Actor.CommandLine, order, Print, cancel))
            {
                case IssueOutcome.Issued issued:
                    await Console.Error.WriteLineAsync($"{Portion(printed, "license")} for {order.Email.Trim()}: {order.Plan.Trim()}, {Portion(order.Seats, "seat")}, {Expiry(issued.ExpiresAt)}.");
                    return 0;
                case IssueOutcome.Invalid invalid:
                    return await CommandLine.FailAsync(invalid.Errors.Select(error => error.Message));
                default:
                    throw new InvalidOperationException("An outcome nobody thought of.");
            }
        }
        catch (Exception broken) when (printed > 0 && broken is StoreUnavailableException or OperationCanceledException)
        {
            return await CommandLine.FailAsync($"Stopped after {printed} of {order.Count} licenses. Those on stdout are stored; order the rest again when the database can be written.");
        }

        void Print(IReadOnlyList<IssuedLicense> durable)
        {
            Console.Out.Write(string.Concat(durable.Select(license => license.Key + "\n")));
            printed += durable.Count;
        }
    }

    private static string Portion(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    private static string Expiry(DateTime? expires) => expires is { } at ? $"expires {at:yyyy-MM-dd HH:mm} UTC" : "never expires";

    private static Option<int?> Number(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var number)) return number;
            result.AddError($"{name} {result.Tokens[0].Value} is no whole number; write it like {name} 3.");
            return null;
        },
    };
}
