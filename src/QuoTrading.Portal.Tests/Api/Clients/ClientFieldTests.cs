using System.Text;
using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

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

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    public async Task A_number_that_is_none_costs_the_metadata_and_not_the_heartbeat(string number)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.BeatAsync(("metadata", new { session_pnl = 1 }));
        foreach (var metadata in new[] { $"{{\"session_pnl\": {number}}}", $"{{\"a\": [1, {{\"b\":{number} }}]}}", number, $"[{number}]" })
        {
            var beat = await SendAsync("/api/heartbeat", $$"""{"license_key": "{{license.Key}}", "metadata": {{metadata}}, "device_fingerprint": "{{a.Fingerprint}}", "bot_version": "{{number}}, \"{{number}}", "other": {{number}}}""");
            Assert.True(beat.Status == 200, beat.Text);
            Assert.StartsWith("metadata was ignored: NaN", Assert.Single(beat.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
            var live = Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id);
            Assert.Equal("{\"session_pnl\":1}", live.Metadata);
            Assert.Equal($"{number}, \"{number}", live.BotVersion);
        }
    }

    [Theory]
    [InlineData("license_key")]
    [InlineData("device_fingerprint")]
    [InlineData("check_only")]
    [InlineData("session_id")]
    [InlineData("install")]
    [InlineData("session_token")]
    public void In_a_strict_field_it_is_that_fields_error(string field)
    {
        foreach (var number in new[] { "NaN", "Infinity", "-Infinity" })
            Assert.StartsWith(field + " must be ", Read($$"""{"license_key": "k", "{{field}}": {{number}}}""").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"license_key\": \"k\", NaN: 1}")]
    [InlineData("{\"license_key\": \"k\", \"a\": NaNs}")]
    [InlineData("{\"license_key\": \"k\", \"a\": 1NaN}")]
    [InlineData("{\"license_key\": \"k\", \"a\": --Infinity}")]
    [InlineData("{\"license_key\": \"k\", \"a\": nan}")]
    [InlineData("{\"license_key\": \"k\", \"a\": NaN")]
    [InlineData("{\"license_key\": \"k\", \"a\": \"NaN}")]
    [InlineData("{\"license_key\": \"k\", \"a\": \"\\")]
    public void What_is_no_json_but_for_such_numbers_stays_none(string body) => Assert.Equal("The body is not valid JSON.", Read(body).Error);

    [Fact]
    public void A_body_that_is_one_is_no_object() => Assert.Equal("The body must be a JSON object.", Read("NaN").Error);

    [Fact]
    public async Task A_key_is_found_however_a_mail_has_changed_it()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var plain = license.Key;
        string[] typed =
        [
            $"\ufeff{plain}\u200b", plain.ToLowerInvariant().Replace('-', '\u2013'), plain.Replace('-', '\u2212'), plain.Replace('-', '\u2011'), plain.Replace("-", " - ", StringComparison.Ordinal),
            plain.Insert(7, "\u00ad"), plain.Insert(5, "\r\n "), plain.Insert(9, "\u00a0\u200d\u2060"), $"\u202a{plain}\u202c",
        ];
        foreach (var key in typed) Assert.Equal(200, (await (a with { Key = key }).BeatAsync()).Status);

        Assert.Equal("unknown_key", (await (a with { Key = plain.Replace('-', '_') }).BeatAsync()).Get("code"));
        Assert.Equal("bad_request", (await (a with { Key = plain.Insert(5, "\u0001") }).BeatAsync()).Get("code"));
        Assert.Equal("bad_request", (await (a with { Key = "\u200b \u2060" }).BeatAsync()).Get("code"));
    }

    [Fact]
    public async Task Texts_are_stored_without_what_nobody_sees()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var login = await (a with { Fingerprint = $"\u200b{a.Fingerprint}\u202e" }).AskAsync("/api/main", ("signal_type", "LONG\u202e"), ("regime", "\u200b"));
        Assert.Equal((200, "LONG", "RANGING"), (login.Status, login.Get("signal_type"), login.Get("regime")));

        var beat = await a.BeatAsync(("device_name", "Büro\u202e \u0007PC"), ("bot_version", "2.0\n.0"), ("status", "idle\u200b"));

        Assert.Equal((login.Get("session_id"), null), (beat.Get("session_id"), beat.Get("warnings")));
        var live = Assert.Single(shared.Server.Registry.Live(), s => s.LicenseId == license.Id);
        Assert.Equal((a.Fingerprint, "Büro PC", "2.0.0", "idle"), (live.Device, live.DeviceName, live.BotVersion, live.Status));

        beat = await a.BeatAsync(("device_name", "\u200b\u202e"));
        Assert.StartsWith("device_name was ignored", Assert.Single(beat.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(400, (await (a with { Fingerprint = "\u200b" }).BeatAsync()).Status);
        Assert.Equal(400, (await (a with { Fingerprint = "a\tb" }).BeatAsync()).Status);
    }

    [Fact]
    public void The_name_of_a_program_does_so_too() => Assert.Equal("bot", Read("""{"license_key": "k", "app": "b\u2066ot\u0000"}""").Request!.App);

    [Theory]
    [InlineData("{ \"a\" : 1.50, \"b\": \"x y\" }", "{ \"a\" : 1.50, \"b\": \"x y\" }")]
    [InlineData("{ \"é\": \"\\u00e9 C:\\\\new \\\"\ud83d\ude00\\\"\",\n\t\"n\": 1.50e3 }", "{ \"é\": \"\\u00e9 C:\\\\new \\\"\ud83d\ude00\\\"\",\n\t\"n\": 1.50e3 }")]
    [InlineData("{ \"a\u200b\": \"x\u202ey\", \"n\": 1.50e3, \"l\": [true, null, {\"é\" : \"\ud83d\ude00\"}]}", "{ \"a\": \"xy\", \"n\": 1.50e3, \"l\": [true, null, {\"é\" : \"\ud83d\ude00\"}]}")]
    [InlineData("{\"a\\u200b\" : \"\\u202ex\\n\\\"\\\\\\/\"}", "{\"a\" : \"x\\\"\\\\/\"}")]
    [InlineData("{\"a\": \"x\\ud800y\\n\\\"\\\\\\u0041\"}", "{\"a\": \"xy\\\"\\\\A\"}")]
    [InlineData("{\"\\udc00\": \"\\ud83d\\ude00\\ude00\"}", "{\"\": \"\ud83d\ude00\"}")]
    [InlineData("{\"a\": \"\u007f\", \"b\": \"x\\ty\"}", "{\"a\": \"\", \"b\": \"xy\"}")]
    public void Metadata_loses_it_too_and_is_else_as_it_came(string metadata, string stored)
    {
        var (request, _) = Read($$"""{"license_key": "k", "metadata": {{metadata}}}""");

        Assert.Equal(stored, request!.Metadata);
        Assert.Empty(request.Warnings);
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
