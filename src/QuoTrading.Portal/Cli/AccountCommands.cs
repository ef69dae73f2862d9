using System.CommandLine;
using System.Text;
using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Cli;

/// <summary>The commands about people and tokens.</summary>
internal static class AccountCommands
{
    public static IEnumerable<Command> All()
    {
        yield return new Command("admin", "The portal's administrators.") { CreateAdmin() };
        yield return new Command("user", "The portal's own people.") { ResetTwoStep() };
        yield return new Command("token", "API tokens for scripts.") { CreateToken() };
    }

    private static Command CreateAdmin()
    {
        var email = new Option<string>("--email") { Description = "The e-mail address to sign in with.", Required = true };
        var command = new Command("create", "Makes an administrator. The password is asked for, or read from standard input.") { email };
        command.SetAction((parsed, _) => CommandLine.WithServicesAsync(async services =>
        {
            if (await ReadPasswordAsync() is not { } password) return await FailAsync("The two passwords are not the same. Nothing was changed.");
            var people = services.GetRequiredService<People>();
            switch (await people.CreateAsync(Actor.CommandLine, parsed.GetRequiredValue(email), password, PortalRole.Administrator))
            {
                case PersonCreation.Created:
                    await Console.Out.WriteLineAsync($"{parsed.GetRequiredValue(email).Trim()} is now an administrator.");
                    return 0;
                case PersonCreation.Refused refused:
                    return await FailAsync(refused.Message);
                default:
                    throw new InvalidOperationException("Only set-up can be closed.");
            }
        }));
        return command;
    }

    private static Command ResetTwoStep()
    {
        var email = new Option<string>("--email") { Description = "The e-mail address that they sign in with.", Required = true };
        var command = new Command("reset-two-step", "Turns two-step sign-in off for somebody who lost the phone and the recovery codes.") { email };
        command.SetAction((parsed, _) => CommandLine.WithServicesAsync(async services =>
        {
            var typed = parsed.GetRequiredValue(email).Trim();
            if (await services.GetRequiredService<UserManager<PortalUser>>().FindByEmailAsync(typed) is not { } user) return await FailAsync($"There is no account for {typed}.");
            if (await services.GetRequiredService<PeopleService>().ResetTwoStepAsync(Actor.CommandLine, user.Id) is PersonOutcome.Refused refused) return await FailAsync(refused.Message);
            await Console.Out.WriteLineAsync($"{user.Email} signs in with the password alone now, and is signed out elsewhere within a minute.");
            return 0;
        }));
        return command;
    }

    private static Command CreateToken()
    {
        var name = new Option<string>("--name") { Description = "What it is for; unique.", Required = true };
        var role = new Option<string>("--role") { Description = "The most it may do.", Required = true };
        role.AcceptOnlyFromAmong(Enum.GetNames<PortalRole>());
        var days = new Option<int?>("--days") { Description = "Days until it expires; without it, never." };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 3650) result.AddError("--days must be 1 to 3650.");
        });
        var command = new Command("create", "Makes a token and prints it, once.") { name, role, days };
        command.SetAction((parsed, cancel) => CommandLine.WithServicesAsync(async services =>
        {
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
            var expiry = parsed.GetValue(days) is { } count ? now.AddDays(count) : (DateTime?)null;
            var tokens = services.GetRequiredService<ApiTokens>();
            switch (await tokens.CreateAsync(Actor.CommandLine, parsed.GetRequiredValue(name), Enum.Parse<PortalRole>(parsed.GetRequiredValue(role)), expiry, cancel))
            {
                case TokenCreation.Created created:
                    await Console.Error.WriteLineAsync("Keep it safe: it is not shown again. Send it as \"Authorization: Bearer …\".");
                    await Console.Out.WriteLineAsync(created.Token);
                    return 0;
                case TokenCreation.Refused refused:
                    return await FailAsync(refused.Message);
                default:
                    throw new InvalidOperationException("A token is created or refused.");
            }
        }));
        return command;
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 1;
    }

    private static async Task<string?> ReadPasswordAsync()
    {
        if (Console.IsInputRedirected) return await Console.In.ReadLineAsync() ?? "";
        var first = Ask($"Password (at least {People.ShortestPassword} characters): ");
        return Ask("Once more: ") == first ? first : null;
    }

    private static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace)
            {
                if (typed.Length > 0) typed.Length--;
            }
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
