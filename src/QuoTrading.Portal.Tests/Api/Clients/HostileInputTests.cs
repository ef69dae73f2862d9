using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>Whatever a client sends, it gets a client's answer: no 5xx, no word of the inside, and no row changed by what was refused.</summary>
public sealed class HostileInputTests(HostileInputTests.Generous shared) : IClassFixture<HostileInputTests.Generous>
{
    private const string Device = "aaaaaaaaaaaaaaaa";

    private static readonly string[] Endpoints = ["/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear"];

    private static readonly string[] NotText =
        ["null", "0", "-1.5e300", "true", "false", "[]", "[\"a\"]", "{}", "{\"a\": 1}", "\"\"", "\"   \"", "\"a\\u0000b\"", "\"a\\nb\"", "\"a\\u007fb\"", "\"\\ud800\"", "\"a\\udc00b\""];

    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("license_key", 128)]
    [InlineData("device_fingerprint", 256)]
    public async Task A_strict_text_of_the_wrong_kind_is_a_400_at_every_endpoint(string field, int longest)
    {
        var key = await Portal.CreateKeyAsync();
        // A line break within a key is a blank like others: a mail may have made it.
        var values = NotText.Where(v => field != "license_key" || v != "\"a\\nb\"").Append("\"\u200b \\u2060\"").Append($"\"{new string('x', longest + 1)}\"").ToList();
        await AssertRefusedAsync(Endpoints.SelectMany(path => values.Select(value => (path, Body(key, (field, value))))));
    }

    [Theory]
    [InlineData("check_only", "null", "0", "1", "\"true\"", "\"\"", "[]", "{}")]
    [InlineData("session_id", "0", "true", "\"\"", "\"x\"", "[]", "{}", "\"\\ud800\"", "\"019b76da-a800-7000-8000-00000000000\"", "\"{019b76da-a800-7000-8000-000000000000}\"")]
    public async Task Another_strict_field_of_the_wrong_kind_is_a_400_at_every_endpoint(string field, params string[] values)
    {
        var key = await Portal.CreateKeyAsync();
        await AssertRefusedAsync(Endpoints.SelectMany(path => values.Select(value => (path, Body(key, (field, value))))));
    }

    [Fact]
    public async Task A_missing_strict_field_is_a_400()
    {
        var key = await Portal.CreateKeyAsync();
        await AssertRefusedAsync(Endpoints.SelectMany(path => new[] { (path, "{}"), (path, $$"""{"device_fingerprint": "{{Device}}"}"""), (path, $$"""{"License_Key": "{{key}}", "device_fingerprint": "{{Device}}"}""") }));
        await AssertRefusedAsync(Endpoints.Where(path => path is not ("/api/main" or "/api/session/clear")).Select(path => (path, $$"""{"license_key": "{{key}}"}""")));
    }

    [Fact]
    public async Task What_is_no_json_object_is_a_400_at_every_endpoint()
    {
        var key = await Portal.CreateKeyAsync();
        var good = Body(key);
        string[] bodies =
        [
            "", " ", "null", "true", "1", "\"text\"", "[]", $"[{good}]", "{", "}", good[..^1], good + good, good + ",", good + "x", good.Replace(":", "=", StringComparison.Ordinal),
            good.Replace('"', '\''), good.Insert(1, ","), good.Insert(1, "/* */"), "{\"license_key\": NaN}", "license_key=x", "<xml/>", "\0",
            new string('[', 20_000), new string('[', 20_000) + new string(']', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 20_000)), "{\"a\":" + new string('[', 20_000),
        ];
        await AssertRefusedAsync(Endpoints.SelectMany(path => bodies.Select(body => (path, body))));
    }

    [Fact]
    public async Task What_is_not_utf8_is_a_400_at_every_endpoint()
    {
        var good = Body(await Portal.CreateKeyAsync());
        byte[][] bodies =
        [
            Encoding.Unicode.GetBytes(good), [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(good)], [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(good)],
            [.. Encoding.UTF8.GetBytes(good[..^2]), 0xff, .. "\"}"u8], [.. Encoding.UTF8.GetBytes(good[..^2]), 0xed, 0xa0, 0x80, .. "\"}"u8],
            [.. Encoding.UTF8.GetBytes(good[..^2]), 0xc0, 0x80, .. "\"}"u8], [0x80, .. Encoding.UTF8.GetBytes(good)],
        ];
        await AssertRefusedAsync(Endpoints.SelectMany(path => bodies.Select(body => (path, body))));
    }

    [Fact]
    public async Task A_megabyte_is_refused_at_every_endpoint()
    {
        var key = await Portal.CreateKeyAsync();
        string[] bodies = [new string(' ', 1 << 20), Body(key, ("metadata", $"{{\"a\": \"{new string('x', 1 << 20)}\"}}")), Body(key, ("other", $"\"{new string('x', 1 << 20)}\""))];
        await AssertRefusedAsync(Endpoints.SelectMany(path => bodies.Select(body => (path, body))));
    }

    [Theory]
    [InlineData("zz\r\n{}\r\n")]
    [InlineData("-1\r\n{}\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n{}\r\n")]
    public async Task A_body_in_chunks_that_are_none_is_a_400(string body)
    {
        foreach (var path in Endpoints.Append("/api/admin/force-clear-session"))
        {
            using var socket = new TcpClient();
            await using var stream = await OpenAsync(socket, path, "Transfer-Encoding: chunked", body);
            using var reader = new StreamReader(stream);

            Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Content-Length: 500", "{\"license_key\": \"x\"")]
    [InlineData("Transfer-Encoding: chunked", "5\r\n{}")]
    public async Task A_body_that_breaks_off_changes_nothing(string header, string body)
    {
        var before = await TableDump.ReadAsync(Portal);
        foreach (var path in Endpoints)
        {
            using var socket = new TcpClient();
            await using var stream = await OpenAsync(socket, path, header, body);
            socket.Client.Shutdown(SocketShutdown.Send);

            Assert.Matches("^(HTTP/1.1 400.*)?$", await FirstLineAsync(stream));
        }

        Assert.Equal(before, await TableDump.ReadAsync(Portal));
        Assert.Equal(200, (await shared.Device(await Portal.CreateKeyAsync()).StartAsync()).Status);
    }

    [Theory]
    [InlineData("symbol", 64)]
    [InlineData("bot_version", 64)]
    [InlineData("status", 64)]
    [InlineData("device_name", 128)]
    public async Task A_lenient_text_of_the_wrong_kind_is_dropped_and_named_and_costs_no_session(string field, int longest)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.BeatAsync(("symbol", "MES"), ("bot_version", "2.0.0"), ("status", "idle"), ("device_name", "tower"));
        var values = NotText.Where(v => v is not ("null" or "\"   \"") && !v.Contains('b', StringComparison.Ordinal)).Append("\"\\u0000\\u200b\u202e\"").Append("\"\\ud800\"").Append($"\"{new string('x', longest + 1)}\"");

        foreach (var value in values)
            foreach (var path in Endpoints[..3])
                AssertWarned(await SendAsync(path, Body(license.Key, ("device_fingerprint", $"\"{a.Fingerprint}\""), (field, value))), field, value);

        var live = Assert.Single(Portal.Registry.Live(), s => s.LicenseId == license.Id);
        Assert.Equal(("MES", "2.0.0", "idle", "tower"), (live.Symbol, live.BotVersion, live.Status, live.DeviceName));
    }

    [Fact]
    public async Task A_nonce_of_the_wrong_kind_is_dropped_and_named_and_nothing_is_signed()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        string[] wrong =
        [
            "0", "true", "[]", "{}", "\"\"", $"\"{new string('n', 15)}\"", $"\"{new string('n', 65)}\"", "\"aaaaaaaaaaaaaaa \"", "\"aaaaaaaaaaaaaaaa\\n\"", "\"aaaaaaaaaaaaaaa\u00e9\"",
            "\"aaaaaaaaaaaaaaaa\\u200b\"", "\"\\ud800aaaaaaaaaaaaaaaa\"", "\"aaaaaaaaaaaaaaaa=\"", "\"aaaaaaaa/aaaaaaa+\"",
        ];
        foreach (var value in wrong)
            foreach (var path in Endpoints)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(Body(license.Key, ("device_fingerprint", $"\"{a.Fingerprint}\""), ("nonce", value))) };
                using var response = await Portal.Http.SendAsync(request);
                Assert.False(response.Headers.Contains("Portal-Signature"), value);
                var answer = await Answered.ReadAsync(response);
                if (Endpoints.AsSpan(0, 3).Contains(path)) AssertWarned(answer, "nonce", value);
                else AssertClean(200, answer, value);
            }

        foreach (var value in new[] { "null", $"\"{new string('n', 16)}\"", $"\"{new string('_', 64)}\"", "\"aaaaaaaa-AAAA_00\"" })
        {
            using var response = await Portal.Http.PostAsync(new Uri("/api/heartbeat", UriKind.Relative), new StringContent(Body(license.Key, ("device_fingerprint", $"\"{a.Fingerprint}\""), ("nonce", value))));
            Assert.Null((await Answered.ReadAsync(response)).Get("warnings"));
            Assert.Equal(value != "null", response.Headers.Contains("Portal-Signature"));
        }
    }

    [Fact]
    public async Task Metadata_of_the_wrong_kind_or_size_is_dropped_and_named_and_costs_no_session()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        await a.BeatAsync(("metadata", new { session_pnl = 1 }));
        string[] values =
        [
            "0", "true", "[]", "[{}]", "\"text\"", $"{{\"a\": \"{new string('x', 8 * 1024)}\"}}", "{\"a\":" + new string('[', 20_000) + new string(']', 20_000) + "}",
            new string('[', 20_000) + new string(']', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200),
        ];

        foreach (var value in values)
            foreach (var path in Endpoints[..3])
                AssertWarned(await SendAsync(path, Body(license.Key, ("device_fingerprint", $"\"{a.Fingerprint}\""), ("metadata", value))), "metadata", value);

        Assert.Contains("session_pnl", Assert.Single(Portal.Registry.Live(), s => s.LicenseId == license.Id).Metadata, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"current_position\": 1e999, \"position_pnl\": -1e-999, \"session_pnl\": 99999999999999999999999999999999999999999}")]
    [InlineData("{\"current_position\": \"1e9999999\", \"position_pnl\": \"NaN\", \"symbol\": \"\\ud800\"}")]
    [InlineData("{\"current_position\": {}, \"symbol\": [], \"session_pnl\": null, \"\\ud800\": \"\\udc00\", \"\": \"\\u0000\"}")]
    [InlineData("{\"a\": 1, \"a\": 2, \"current_position\": 1, \"current_position\": \"x\"}")]
    public async Task Metadata_that_is_an_object_is_taken_and_the_list_of_sessions_survives_it(string metadata)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var beat = await SendAsync("/api/heartbeat", Body(license.Key, ("device_fingerprint", $"\"{a.Fingerprint}\""), ("metadata", metadata)));

        Assert.Equal((200, null), (beat.Status, beat.Get("warnings")));
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        using var list = await script.GetAsync(new Uri("/api/admin/sessions?limit=1000", UriKind.Relative));
        Assert.Contains(beat.Get("session_id")!, await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"other\": 1e99999")]
    [InlineData("\"other\": -0.000000000000000000000000000000000000000000000000000001")]
    [InlineData("\"other\": \"\\ud800\"")]
    [InlineData("\"\\ud800\": 1")]
    [InlineData("\"license_\\ud800\": \"x\"")]
    [InlineData("\"\\udc00icense_key\": \"x\"")]
    [InlineData("\"\": {\"license_key\": \"x\"}")]
    [InlineData("\"app\": [], \"handover\": \"no\", \"seats\": 99, \"status_code\": 500")]
    [InlineData("\"signal_type\": [], \"regime\": {\"a\": 1}")]
    [InlineData("\"signal_type\": \"\\ud800\", \"regime\": \"\\u0000\"")]
    public async Task What_nobody_knows_is_ignored(string more)
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var body = $$"""{"license_key": "{{license.Key}}", {{more}}, "device_fingerprint": "{{a.Fingerprint}}"}""";

        foreach (var path in Endpoints) AssertClean(200, await SendAsync(path, body), body);
    }

    [Fact]
    public async Task Twenty_thousand_levels_in_an_unknown_field_are_ignored()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var body = $$"""{"license_key": "{{license.Key}}", "other": {{new string('[', 20_000) + new string(']', 20_000)}}, "device_fingerprint": "{{a.Fingerprint}}"}""";

        foreach (var path in Endpoints) AssertClean(200, await SendAsync(path, body), "deep");
    }

    [Fact]
    public async Task Of_a_member_that_comes_twice_the_last_counts_as_in_python()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var body = $$"""{"license_key": "OTHER", "device_fingerprint": "bbbbbbbbbbbbbbbb", "license_key": "{{license.Key}}", "device_fingerprint": "{{a.Fingerprint}}"}""";

        Assert.Equal(200, (await SendAsync("/api/main", body)).Status);
        Assert.Equal(a.Fingerprint, Assert.Single(await shared.HistoryAsync(license.Id)).Device);
    }

    [Fact]
    public async Task A_byte_order_mark_and_escaped_names_are_read()
    {
        var (license, a, _) = await shared.CreateDevicesAsync();
        var body = $$"""{"licens\u0065_key": "{{license.Key}}", "device_fingerprint": "{{a.Fingerprint}}"}""";

        Assert.Equal(200, (await SendAsync("/api/main", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(body)])).Status);
    }

    [Theory]
    [InlineData("' OR 1=1 --", "'; DROP TABLE LiveSessions; --")]
    [InlineData("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")]
    [InlineData("%00%s%n", "../../etc/passwd")]
    [InlineData("ключ", "устройство \U0001F600")]
    public async Task Text_is_only_text(string key, string device)
    {
        var license = await Portal.CreateLicenseAsync();
        Assert.Equal("unknown_key", (await new ClientDevice(Portal, key, device).LogInAsync()).Get("code"));

        Assert.Equal(200, (await new ClientDevice(Portal, license.Key, device).LogInAsync()).Status);
        Assert.Equal(device, Assert.Single(await shared.HistoryAsync(license.Id)).Device);
    }

    [Theory]
    [InlineData(128, 256)]
    [InlineData(1, 1)]
    public async Task The_longest_and_the_shortest_strict_texts_are_read(int keyLength, int deviceLength)
    {
        var license = await Portal.CreateLicenseAsync();

        Assert.Equal("unknown_key", (await new ClientDevice(Portal, new string('k', keyLength), Device).StartAsync()).Get("code"));
        Assert.Equal(200, (await new ClientDevice(Portal, license.Key, new string('d', deviceLength)).StartAsync()).Status);
    }

    private static string Body(string key, params (string Name, string Json)[] more)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal) { ["license_key"] = JsonSerializer.Serialize(key), ["device_fingerprint"] = $"\"{Device}\"" };
        foreach (var (name, json) in more) members[name] = json;
        return "{" + string.Join(", ", members.Select(m => $"\"{m.Key}\": {m.Value}")) + "}";
    }

    private async Task AssertRefusedAsync<T>(IEnumerable<(string Path, T Body)> requests)
    {
        var before = await TableDump.ReadAsync(Portal);
        foreach (var (path, body) in requests)
        {
            var bytes = body as byte[] ?? Encoding.UTF8.GetBytes((string)(object)body!);
            var answer = await SendAsync(path, bytes);
            var what = $"{path} {Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 300)))}";
            AssertClean(bytes.Length > 256 * 1024 ? 413 : 400, answer, what);
            Assert.True(answer.Get("status") == "error" && answer.Get("message") is { Length: > 0 } && answer.Get("code") is { Length: > 0 }, what);
            // A bot says "your license has expired" on it: docs/protocol.md, Refusals, allows it at validate-license alone.
            Assert.Equal(path == "/api/validate-license" ? "false" : null, answer.Get("license_valid"));
        }

        Assert.Equal(before, await TableDump.ReadAsync(Portal));
    }

    private static void AssertWarned(Answered answer, string field, string value)
    {
        AssertClean(200, answer, $"{field}: {value[..Math.Min(value.Length, 100)]}");
        Assert.StartsWith(field, Assert.Single(answer.Json["warnings"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static void AssertClean(int status, Answered answer, string what)
    {
        Assert.True(answer.Status == status, $"{answer.Status} {answer.Text} for {what}");
        foreach (var inside in new[] { "Exception", "System.", "QuoTrading.", "SQL", "SELECT", "   at ", "Utf8JsonReader" })
            Assert.DoesNotContain(inside, answer.Text, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<NetworkStream> OpenAsync(TcpClient socket, string path, string header, string body)
    {
        await socket.ConnectAsync(Portal.Address.Host, Portal.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n{body}"));
        return stream;
    }

    // Whoever hung up may get no answer any more.
    private static async Task<string> FirstLineAsync(NetworkStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream);
            return await reader.ReadLineAsync() ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Task<Answered> SendAsync(string path, string body) => SendAsync(path, Encoding.UTF8.GetBytes(body));

    private async Task<Answered> SendAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return await Portal.PostRawAsync(path, content);
    }

    /// <summary>Hundreds of requests with one key must not end in the limits.</summary>
    public sealed class Generous : SharedPortal
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Portal:Limits:LicenseBurst"] = "100000",
            ["Portal:Limits:DeviceBurst"] = "100000",
            ["Portal:Limits:UnknownKeyBurst"] = "100000",
        };
    }
}
