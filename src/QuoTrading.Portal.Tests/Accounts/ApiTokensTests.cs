using System.Text;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Accounts;

public sealed class ApiTokensTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private ApiTokens Tokens => database.Get<ApiTokens>();

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync(add: services => services.AddAccountsCore());

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_token_is_found_with_its_name_and_role()
    {
        var text = await CreateAsync("backup", PortalRole.Support);
        Assert.StartsWith("qtp_", text, StringComparison.Ordinal);
        Assert.Equal(new Actor(ActorKind.Token, "backup", PortalRole.Support, "192.0.2.1"), await Tokens.FindAsync(text, "192.0.2.1"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("qtp_")]
    [InlineData("qtp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_is_no_token_finds_nobody(string? text) => Assert.Null(await Tokens.FindAsync(text));

    [Fact]
    public async Task An_expired_token_finds_nobody()
    {
        var text = await CreateAsync("short", PortalRole.Viewer, database.Time.Now.UtcDateTime.AddHours(1));
        database.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(await Tokens.FindAsync(text));
        database.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Tokens.FindAsync(text));
    }

    [Fact]
    public async Task A_revoked_token_finds_nobody_at_once_and_frees_its_name()
    {
        var text = await CreateAsync("script", PortalRole.Viewer);
        Assert.NotNull(await Tokens.FindAsync(text));
        Assert.True(await Tokens.RevokeAsync(Actor.CommandLine, "script"));
        Assert.Null(await Tokens.FindAsync(text));
        Assert.False(await Tokens.RevokeAsync(Actor.CommandLine, "script"));
        Assert.NotEqual(text, await CreateAsync("script", PortalRole.Viewer));
    }

    [Fact]
    public async Task A_name_in_use_is_refused()
    {
        await CreateAsync("script", PortalRole.Viewer);
        Assert.IsType<TokenCreation.Refused>(await Tokens.CreateAsync(Actor.CommandLine, " script ", PortalRole.Viewer));
    }

    [Fact]
    public async Task Only_a_hash_is_stored_and_the_audit_log_does_not_know_the_token()
    {
        var text = await CreateAsync("script", PortalRole.Viewer);
        await using var db = database.OpenContext();
        var stored = await db.ApiTokens.SingleAsync();
        Assert.Equal(32, stored.Hash.Length);
        Assert.Equal(10, stored.Prefix.Length);
        var entry = await db.AuditEntries.SingleAsync();
        Assert.Equal(("token.create", "script"), (entry.Action, entry.Target));
        Assert.DoesNotContain(text, Encoding.Latin1.GetString(await ReadDatabaseAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_use_is_noted_to_the_minute()
    {
        var text = await CreateAsync("script", PortalRole.Viewer);
        database.Time.Advance(TimeSpan.FromSeconds(90));
        await Tokens.FindAsync(text);
        await using var db = database.OpenContext();
        Assert.Equal(new DateTime(2026, 1, 1, 12, 1, 0, DateTimeKind.Utc), (await db.ApiTokens.SingleAsync()).LastUsedAt);
    }

    [Fact]
    public async Task Only_an_administrator_makes_and_revokes_tokens()
    {
        var support = new Actor(ActorKind.Person, "support@example.com", PortalRole.Support);
        await Assert.ThrowsAsync<ForbiddenException>(() => Tokens.CreateAsync(support, "a", PortalRole.Viewer));
        await Assert.ThrowsAsync<ForbiddenException>(() => Tokens.RevokeAsync(support, "a"));
    }

    private async Task<string> CreateAsync(string name, PortalRole role, DateTime? expiresAt = null) =>
        Assert.IsType<TokenCreation.Created>(await Tokens.CreateAsync(Actor.CommandLine, name, role, expiresAt)).Token;

    private async Task<byte[]> ReadDatabaseAsync()
    {
        var all = new MemoryStream();
        foreach (var path in Directory.GetFiles(database.Folder, "portal.db*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await file.CopyToAsync(all);
        }

        return all.ToArray();
    }
}
