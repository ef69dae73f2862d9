using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Cli;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Cli;

/// <summary>The binary as a user runs it, beside a server that holds the database.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    private TestDatabase server = null!;

    public async ValueTask InitializeAsync() => server = await TestDatabase.CreateAsync(add: services =>
    {
        services.AddLicensing();
        services.AddAccountsCore();
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Keys_alone_go_to_stdout_and_the_server_knows_them_at_once()
    {
        var ran = await RunAsync("license", "create", "--email", " Anna@Example.com ", "--plan", "GOLD", "--seats", "2", "--count", "3");

        Assert.Equal((0, "3 licenses for Anna@Example.com: GOLD, 2 seats, expires"), (ran.ExitCode, ran.Errors[..55]));
        var keys = ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, keys.Length);
        Assert.All(keys, key => Assert.Matches("^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}$", key));
        var snapshot = await server.Writer.RunAsync(unit => Task.FromResult(server.Get<LicenseCache>().Find(new SqliteStoredSessions(unit, 0), KeyHash.Of(keys[2]))));
        Assert.Equal(("anna@example.com", "GOLD", 2), (snapshot!.CustomerEmail, snapshot.Plan, snapshot.Seats));

        // The two processes share the key ring.
        Assert.Equal(keys[2], Assert.IsType<RevealOutcome.Revealed>(await server.Get<KeyVault>().RevealAsync(Actors.Administrator, snapshot.Id)).Key);
    }

    [Fact]
    public async Task A_setting_that_there_is_not_stops_a_command()
    {
        var ran = await CommandProcess.RunWithAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal__DataDirektory"] = "/x" }, server.Folder, "license", "create", "--email", "a@example.com");

        Assert.Equal((1, "", "There is no setting Portal:DataDirektory. Did you mean Portal:DataDirectory?"), (ran.ExitCode, ran.Output, ran.Errors.Trim()));
    }

    [Fact]
    public async Task A_license_is_good_for_thirty_days_unless_something_else_is_said()
    {
        await RunAsync("license", "create", "--email", "month@example.com");
        await RunAsync("license", "create", "--email", "life@example.com", "--lifetime");

        await using var context = server.OpenContext();
        var month = await context.Licenses.SingleAsync(l => l.Customer!.Email == "month@example.com");
        Assert.Equal(month.CreatedAt.AddDays(30), month.ExpiresAt);
        Assert.Null((await context.Licenses.SingleAsync(l => l.Customer!.Email == "life@example.com")).ExpiresAt);
    }

    [Theory]
    [InlineData("--email is required", "license", "create")]
    [InlineData("exclude each other", "license", "create", "--email", "a@b.c", "--days", "3", "--lifetime")]
    [InlineData("--days soon is no whole number", "license", "create", "--email", "a@b.c", "--days", "soon")]
    [InlineData("'licens'", "licens")]
    public async Task What_is_not_understood_is_said_in_a_sentence_and_nothing_is_done(string why, params string[] arguments)
    {
        var ran = await RunAsync(arguments);
        Assert.Equal((2, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(why, ran.Errors.Replace("'--email'", "--email", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("--help", ran.Errors, StringComparison.Ordinal);
        Assert.Equal(2, ran.Errors.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task An_order_that_cannot_be_done_says_why()
    {
        var ran = await RunAsync("license", "create", "--email", "nobody", "--seats", "0");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Output));
        Assert.Equal(
            ["“nobody” is not an e-mail address; write it like name@example.com.", "The seats must be from 1 to 1000, not 0; choose how many devices may use the license at a time."],
            ran.Errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Two_step_sign_in_is_reset_for_the_last_administrator_who_lost_the_phone()
    {
        string id;
        await using (var scope = server.Services.CreateAsyncScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<People>();
            id = Assert.IsType<PersonCreation.Created>(await people.CreateFirstAdministratorAsync("owner@example.com", "correct horse battery", null)).UserId;
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            var user = (await users.FindByIdAsync(id))!;
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
        }

        var unknown = await RunAsync("user", "reset-two-step", "--email", "nobody@example.com");
        Assert.Equal((1, "There is no account for nobody@example.com."), (unknown.ExitCode, unknown.Errors.TrimEnd()));
        var ran = await RunAsync("user", "reset-two-step", "--email", " Owner@example.com ");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.StartsWith("owner@example.com signs in with the password alone now", ran.Output, StringComparison.Ordinal);
        await using (var context = server.OpenContext())
        {
            Assert.False((await context.Users.SingleAsync()).TwoFactorEnabled);
            Assert.Empty(await context.UserTokens.ToListAsync());
            Assert.Equal(ActorKind.CommandLine, (await context.AuditEntries.SingleAsync(entry => entry.Action == "account.two_step_reset")).ActorKind);
        }

        var again = await RunAsync("user", "reset-two-step", "--email", "owner@example.com");
        Assert.Equal((1, "This account does not use two-step sign-in."), (again.ExitCode, again.Errors.TrimEnd()));
    }

    [Fact]
    public async Task A_second_server_at_the_same_address_says_so_in_one_line()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((System.Net.IPEndPoint)other.LocalEndpoint).Port}";
        var folder = Directory.CreateTempSubdirectory("portal-test-");
        var (exitCode, output, error) = await PortalProcess.RunAsync(folder.FullName, "--urls", address);
        folder.Delete(recursive: true);
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.StartsWith($"Failed to bind to address {address}: address already in use.", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_missing_database_is_named_and_not_created()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(server.Folder, "elsewhere")).FullName;
        var ran = await CommandProcess.RunAsync(elsewhere, "license", "create", "--email", "a@b.c");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(Path.Combine(elsewhere, "portal.db"), ran.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task A_database_of_an_older_portal_is_not_written_to()
    {
        await server.Writer.RunAsync(unit => Task.FromResult(unit.Execute("DELETE FROM \"__EFMigrationsHistory\"")));
        var ran = await RunAsync("license", "create", "--email", "a@b.c");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("older version", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_imported_from_the_working_directory_and_a_dry_run_changes_nothing()
    {
        const string Csv = "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n1,a@b.c,OldKey0000000001,M,active,,\n";
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "old.csv"), Csv);

        var dry = await RunAsync("license", "import", "old.csv", "--dry-run");
        Assert.Equal((0, ""), (dry.ExitCode, dry.Errors));
        Assert.StartsWith("Nothing was changed. The import would do this:\nAdded: 1 (new customers: 1)", dry.Output, StringComparison.Ordinal);

        var first = await RunAsync("license", "import", "old.csv");
        Assert.StartsWith("Imported.\nAdded: 1 (new customers: 1)\nAlready there: 0", first.Output, StringComparison.Ordinal);
        var again = await RunAsync("license", "import", "old.csv", "--update");
        Assert.StartsWith("Imported.\nAdded: 0 (new customers: 0)\nAlready there: 1", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_errors_is_refused_line_by_line()
    {
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "bad.csv"),
            "account_id,email,license_key,license_type,license_status,license_expiration,created_at\n1,nobody,k,M,active,,\n1,a@b.c,k,M,wobbly,,\n");
        var ran = await RunAsync("license", "import", "bad.csv");
        Assert.Equal((1, ""), (ran.ExitCode, ran.Output));
        var told = ran.Errors.TrimEnd().Split('\n');
        Assert.Equal(3, told.Length);
        Assert.StartsWith("Line 2: email \"nobody\"", told[0], StringComparison.Ordinal);
        Assert.StartsWith("Line 3: license_status \"wobbly\"", told[1], StringComparison.Ordinal);
        Assert.StartsWith("Nothing was imported. There are 2 errors", told[2], StringComparison.Ordinal);

        var missing = await RunAsync("license", "import", "no.csv");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains(Path.Combine(server.Folder, "no.csv"), missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_beside_the_server_is_whole_and_says_where_the_key_ring_is()
    {
        await RunAsync("license", "create", "--email", "a@b.c", "--count", "2");
        var ran = await RunAsync("backup", "copy.db");

        Assert.Equal((0, ""), (ran.ExitCode, ran.Output));
        Assert.Contains("2 licenses", ran.Errors, StringComparison.Ordinal);
        Assert.Contains($"NOT in it: {Path.Combine(server.Folder, "keys")}", ran.Errors, StringComparison.Ordinal);
        await using var copy = new SqliteConnection($"Data Source={Path.Combine(server.Folder, "copy.db")};Pooling=False;Mode=ReadOnly");
        await copy.OpenAsync();
        await using var command = copy.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", await command.ExecuteScalarAsync());

        var again = await RunAsync("backup", "copy.db");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("is there already", again.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("license create", "--help")]
    [InlineData("backup", "-h")]
    [InlineData("restore", "-h")]
    [InlineData("0.1.0", "--version")]
    public async Task Help_and_version_need_no_database(string says, string argument)
    {
        var ran = await CommandProcess.RunAsync(Path.GetTempPath(), [.. argument == "--version" ? [] : says.Split(' '), argument]);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Errors));
        Assert.Contains(says, ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "license", "create")]
    [InlineData(true, "--help")]
    [InlineData(true, "--version")]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://localhost:1")]
    public void Everything_that_is_no_command_starts_the_server(bool isCommand, params string[] arguments) =>
        Assert.Equal(isCommand, CommandLine.IsCommand(arguments));

    private Task<CommandProcess> RunAsync(params string[] arguments) => CommandProcess.RunAsync(server.Folder, arguments);
}
