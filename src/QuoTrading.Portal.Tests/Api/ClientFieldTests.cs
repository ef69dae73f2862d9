using System.Text;
using QuoTrading.Portal.Api;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>What is made of the fields of a client's request.</summary>
public sealed class ClientFieldTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    [Fact]
    public async Task A_symbol_is_stored_upper_case_and_what_is_none_is_dropped_and_named()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();

        Assert.Null((await a.BeatAsync(("symbol", " es "))).Get("warnings"));
        Assert.Equal("ES", Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id).Symbol);

        var beat = await a.BeatAsync(("symbol", "ES\u200b"));
        Assert.Equal(200, beat.Status);
        Assert.StartsWith("symbol was ignored", Assert.Single(beat.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("ES", Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id).Symbol);
    }

    [Fact]
    public async Task The_same_symbol_written_otherwise_is_a_conflict()
    {
        var license = await shared.Server.CreateLicenseAsync();
        Assert.Equal(200, (await new ClientDevice(shared.Server, license.Key, "a", "ES").StartAsync()).Status);

        foreach (var symbol in new[] { "es", " ES", "ES\u200b", "\u2060ES" })
            Assert.Equal("session_conflict", (await new ClientDevice(shared.Server, license.Key, "b", symbol).StartAsync()).Get("code"));
    }

    [Fact]
    public void An_install_is_lower_cased_and_a_token_is_taken_as_it_is()
    {
        var (request, error) = Read("""{"license_key": "k", "install": "0123456789ABCDEF0123456789abcdef", "session_token": "qts_ aZ~"}""");

        Assert.Equal((null, "0123456789abcdef0123456789abcdef", "qts_ aZ~"), (error, request!.Install, request.SessionToken));
    }

    [Fact]
    public void Null_is_no_install_and_no_token()
    {
        var (request, error) = Read("""{"license_key": "k", "install": null, "session_token": null}""");

        Assert.Equal((null, null, null), (error, request!.Install, request.SessionToken));
    }

    [Theory]
    [InlineData("install", "0", "true", "[]", "{}", "\"\"", "\"0123456789abcdef0123456789abcde\"", "\"0123456789abcdef0123456789abcdeg\"", "\" 0123456789abcdef0123456789abcdef\"", "\"\\ud800\"",
        "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0\"", "\"\u0660123456789abcdef0123456789abcdef\"")]
    [InlineData("session_token", "0", "true", "[]", "{}", "\"\"", "\"a\\nb\"", "\"a\\u007fb\"", "\"\u00e4\"", "\"\\ud800\"")]
    public async Task An_install_or_a_token_that_is_none_is_a_400_with_a_sentence(string field, params string[] values)
    {
        var key = await shared.Server.CreateKeyAsync();
        foreach (var value in values.Append($"\"{new string('a', 201)}\""))
        {
            var answer = await SendAsync("/api/heartbeat", $$"""{"license_key": "{{key}}", "device_fingerprint": "d", "{{field}}": {{value}}}""");
            Assert.True((answer.Status, answer.Get("code")) == (400, "bad_request"), value);
            Assert.StartsWith(field + " must be ", answer.Get("message"), StringComparison.Ordinal);
        }
    }

    private async Task<Answered> SendAsync(string path, string body)
    {
        using var content = new StringContent(body);
        return await shared.Server.PostRawAsync(path, content);
    }

    private static (ClientRequest? Request, string? Error) Read(string body) => ClientRequestReader.Read(Encoding.UTF8.GetBytes(body));
}
