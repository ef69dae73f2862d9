using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api.Clients;

/// <summary>docs/protocol.md, Signed answers.</summary>
public sealed class SignedAnswerTests(SharedPortal shared) : IClassFixture<SharedPortal>
{
    private const string Nonce = SignedAnswer.Nonce;

    private PortalServer Portal => shared.Server;

    [Theory]
    [InlineData("/api/main")]
    [InlineData("/api/validate-license")]
    [InlineData("/api/heartbeat")]
    [InlineData("/api/session/release")]
    [InlineData("/api/session/clear")]
    public async Task An_answer_to_a_nonce_is_believed_and_none_that_was_made_of_it(string path)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var answer = await AskAsync(a, path, ("nonce", Nonce));
        var keys = await SignedAnswer.KeysAsync(Portal);

        Assert.Equal(200, answer.Status);
        Assert.True(answer.IsBelieved(keys, path, Nonce, a.Fingerprint, a.Key));
        Assert.Equal(keys[0][..16], answer.Kid);
        Assert.Equal(Portal.Time.Now.ToUnixTimeMilliseconds(), answer.At);

        Assert.False((answer with { Body = Encoding.UTF8.GetBytes(answer.Text.Replace('e', 'E')) }).IsBelieved(keys, path, Nonce, a.Fingerprint, a.Key));
        Assert.False((answer with { Status = 403 }).IsBelieved(keys, path, Nonce, a.Fingerprint, a.Key));
        Assert.False((answer with { Signature = answer.Signature!.Replace($"t=\"{answer.At}\"", $"t=\"{answer.At + 1}\"", StringComparison.Ordinal) }).IsBelieved(keys, path, Nonce, a.Fingerprint, a.Key));
        Assert.False(answer.IsBelieved(keys, path + "x", Nonce, a.Fingerprint, a.Key));
        Assert.False(answer.IsBelieved(keys, path, Nonce + "x", a.Fingerprint, a.Key));
        Assert.False(answer.IsBelieved(keys, path, Nonce, a.Fingerprint + "x", a.Key));
        Assert.False(answer.IsBelieved(keys, path, Nonce, a.Fingerprint, a.Key + "x"));
        Assert.False(answer.IsBelieved(keys.Skip(1), path, Nonce, a.Fingerprint, a.Key));
    }

    [Theory]
    [InlineData("/api/main")]
    [InlineData("/api/validate-license")]
    [InlineData("/api/heartbeat")]
    [InlineData("/api/session/release")]
    [InlineData("/api/session/clear")]
    public async Task Without_a_nonce_the_answer_has_what_it_always_had_and_with_one_the_same_body(string path)
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await AskAsync(a, "/api/main");
        var plain = await AskAsync(a, path);
        await AskAsync(a, "/api/main");
        var signed = await AskAsync(a, path, ("nonce", Nonce));

        Assert.Equal(["Content-Length", "Content-Type", "Date", "Server", "X-Content-Type-Options"], plain.Headers);
        Assert.Equal(plain.Headers.Append("Portal-Signature").Order(StringComparer.Ordinal), signed.Headers);
        Assert.Equal(WithoutSession(plain), WithoutSession(signed));
    }

    [Fact]
    public async Task Refusals_of_the_license_and_of_the_device_are_signed()
    {
        var keys = await SignedAnswer.KeysAsync(Portal);
        var (license, a, b) = await shared.CreateDevicesAsync();
        await AskAsync(a, "/api/main");
        var conflict = await AskAsync(b, "/api/heartbeat", ("nonce", Nonce));
        Assert.Equal((403, "session_conflict"), (conflict.Status, conflict.Get("code")));
        Assert.True(conflict.IsBelieved(keys, "/api/heartbeat", Nonce, b.Fingerprint, b.Key));
        // The stream's refusals are answers like others.
        var stream = await AskAsync(b, "/api/session/stream", ("nonce", Nonce));
        Assert.True(stream is { Status: 403 } && stream.IsBelieved(keys, "/api/session/stream", Nonce, b.Fingerprint, b.Key));

        await Portal.ChangeLicenseAsync(license.Id, new LicenseChange.Suspend());
        var suspended = await AskAsync(a, "/api/validate-license", ("nonce", Nonce));
        Assert.Equal((401, "license_suspended"), (suspended.Status, suspended.Get("code")));
        Assert.True(suspended.IsBelieved(keys, "/api/validate-license", Nonce, a.Fingerprint, a.Key));
        Assert.False((suspended with { Status = 200 }).IsBelieved(keys, "/api/validate-license", Nonce, a.Fingerprint, a.Key));

        var unknown = await SignedAnswer.PostAsync(Portal, "/api/main", ("license_key", "no such key"), ("nonce", Nonce));
        Assert.Equal((403, "unknown_key"), (unknown.Status, unknown.Get("code")));
        Assert.True(unknown.IsBelieved(keys, "/api/main", Nonce, "", "no such key"));
    }

    [Fact]
    public async Task The_path_is_the_endpoint_s_own_and_key_and_fingerprint_are_those_that_were_sent()
    {
        var keys = await SignedAnswer.KeysAsync(Portal);
        var (_, a, _) = await shared.CreateDevicesAsync();
        var (key, fingerprint) = ($" {a.Key.ToLowerInvariant().Replace('-', '\u2013')}\u200b", a.Fingerprint + "\u200b");
        var answer = await SignedAnswer.PostAsync(Portal, "//API//heartbeat", ("license_key", key), ("device_fingerprint", fingerprint), ("nonce", Nonce));

        Assert.Equal(200, answer.Status);
        Assert.True(answer.IsBelieved(keys, "/api/heartbeat", Nonce, fingerprint, key));
        Assert.False(answer.IsBelieved(keys, "/api/heartbeat", Nonce, a.Fingerprint, a.Key));
    }

    [Fact]
    public async Task What_says_nothing_of_a_license_is_not_signed()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        var bad = await SignedAnswer.PostAsync(Portal, "/api/heartbeat", ("license_key", a.Key), ("nonce", Nonce));
        Assert.Equal((400, null), (bad.Status, bad.Signature));
        var large = await AskAsync(a, "/api/heartbeat", ("nonce", Nonce), ("other", new string('x', 256 * 1024)));
        Assert.Equal((413, null), (large.Status, large.Signature));

        SignedAnswer answer;
        var asked = 0;
        do answer = await AskAsync(a, "/api/heartbeat", ("nonce", Nonce));
        while (answer.Status == 200 && ++asked < 200);
        Assert.Equal((429, null), (answer.Status, answer.Signature));
    }

    [Fact]
    public async Task While_the_database_is_locked_nothing_is_signed()
    {
        var folder = Directory.CreateTempSubdirectory("portal-test-").FullName;
        var file = Path.Combine(folder, "portal.db");
        await using var portal = await PortalServer.StartAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:Portal"] = $"Data Source={file};Default Timeout=1" }, folder: folder);
        var key = await portal.CreateKeyAsync();
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        await command.ExecuteNonQueryAsync();

        var answer = await SignedAnswer.PostAsync(portal, "/api/main", ("license_key", key), ("device_fingerprint", "a"), ("nonce", Nonce));
        Assert.Equal((503, null), (answer.Status, answer.Signature));
    }

    [Fact]
    public async Task The_stream_proves_its_hello_and_only_where_that_was_asked()
    {
        var keys = await SignedAnswer.KeysAsync(Portal);
        var (_, a, _) = await shared.CreateDevicesAsync();
        await AskAsync(a, "/api/main");
        var events = await ReadStreamAsync(a, ("nonce", Nonce));

        Assert.Equal(["hello", "proof"], events.Select(one => one.EventType));
        using var proof = JsonDocument.Parse(events[1].Data);
        Assert.Equal(["kid", "alg", "t", "sig"], proof.RootElement.EnumerateObject().Select(member => member.Name));
        // As it stands there: nobody needs to undo an escape.
        Assert.DoesNotContain('\\', events[1].Data);
        Assert.Equal("rsa-sha256", proof.RootElement.GetProperty("alg").GetString());
        bool IsBelieved(string hello, string nonce) => SignedAnswer.Verify(keys, proof.RootElement.GetProperty("kid").GetString()!, proof.RootElement.GetProperty("t").GetString()!,
            proof.RootElement.GetProperty("sig").GetString()!, "/api/session/stream", nonce, a.Fingerprint, a.Key, 200, Encoding.UTF8.GetBytes(hello));
        Assert.True(IsBelieved(events[0].Data, Nonce));
        Assert.False(IsBelieved(events[0].Data.Replace("90", "3600", StringComparison.Ordinal), Nonce));
        Assert.False(IsBelieved(events[0].Data, Nonce + "x"));

        // The next thing is the comment that keeps it alive: the first event alone came.
        await using var plain = await StreamClient.OpenAsync(a);
        await Portal.Service.LogOutAsync(PortalServer.Admin, [Guid.Parse((string)plain.Hello["session_id"]!)], "test", keepOut: null);
        Assert.Equal("logged_out", (await plain.NextAsync()).Name);
    }

    [Fact]
    public async Task Many_are_signed_at_a_time()
    {
        var keys = await SignedAnswer.KeysAsync(Portal);
        var license = await Portal.CreateLicenseAsync(seats: 16);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            var device = shared.Device(license.Key);
            var nonce = $"{Nonce}-{number}";
            return (await AskAsync(device, "/api/heartbeat", ("nonce", nonce))).IsBelieved(keys, "/api/heartbeat", nonce, device.Fingerprint, device.Key);
        }));
        Assert.DoesNotContain(false, answers);
    }

    [Fact]
    public async Task A_rotation_beside_the_server_is_taken_up_and_bots_with_both_keys_notice_nothing()
    {
        await using var portal = await PortalServer.StartAsync();
        var device = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var built = await SignedAnswer.KeysAsync(portal);
        Assert.Equal(2, built.Count);
        var shown = await CommandProcess.RunAsync(portal.Folder, "keys", "show");
        Assert.Equal((0, string.Join('\n', built)), (shown.ExitCode, shown.Output.TrimEnd()));
        Assert.Contains($"{built[0][..16]}: current since 2026-01-01 12:00 UTC", shown.Errors, StringComparison.Ordinal);
        Assert.Contains($"{built[1][..16]}: next since", shown.Errors, StringComparison.Ordinal);

        var rotated = await CommandProcess.RunAsync(portal.Folder, "keys", "rotate");
        Assert.Equal(0, rotated.ExitCode);
        Assert.Equal(built[0][..16], (await AskAsync(device, "/api/heartbeat", ("nonce", Nonce))).Kid);
        var now = await TakeUpAsync(portal, built[1]);

        // The old one is still told, the last of all; and there is another next one.
        Assert.Equal([built[1], built[0]], new[] { now[0], now[2] });
        Assert.DoesNotContain(now[1], built);
        Assert.Equal(string.Join('\n', now), rotated.Output.TrimEnd());
        var answer = await AskAsync(device, "/api/heartbeat", ("nonce", Nonce));
        Assert.Equal(built[1][..16], answer.Kid);
        Assert.True(answer.IsBelieved(built, "/api/heartbeat", Nonce, device.Fingerprint, device.Key));

        using var script = await portal.CreateScriptAsync(PortalRole.Administrator);
        using var response = await script.GetAsync(new Uri("/api/admin/audit?target_kind=signing_key", UriKind.Relative));
        var entry = Assert.Single((await Answered.ReadAsync(response)).Json["entries"]!.AsArray())!;
        Assert.Equal(("keys.rotate", built[1][..16]), ((string?)entry["action"], (string?)entry["target"]));
        Assert.Contains(built[0][..16], entry["before"]!.ToJsonString(), StringComparison.Ordinal);

        // Too early, it turned out.
        var undone = await CommandProcess.RunAsync(portal.Folder, "keys", "rotate", "--undo");
        Assert.Equal((0, string.Join('\n', built)), (undone.ExitCode, undone.Output.TrimEnd()));
        Assert.Equal(built, await TakeUpAsync(portal, built[0]));
        var twice = await CommandProcess.RunAsync(portal.Folder, "keys", "rotate", "--undo");
        Assert.Equal((1, ""), (twice.ExitCode, twice.Output));
        Assert.Contains("no previous key", twice.Errors, StringComparison.Ordinal);
        var nothing = await CommandProcess.RunAsync(portal.Folder, "keys", "rotate", "--lost");
        Assert.Equal((1, ""), (nothing.ExitCode, nothing.Output));
    }

    [Fact]
    public async Task Only_an_administrator_rotates() =>
        await Assert.ThrowsAsync<ForbiddenException>(() => Portal.Services.GetRequiredService<SigningKeys>().RotateAsync(Actors.Support, Rotation.Forward));

    [Fact]
    public async Task Scripts_see_the_public_keys_and_no_log_shows_a_license_key()
    {
        var (_, a, _) = await shared.CreateDevicesAsync();
        await AskAsync(a, "/api/main", ("nonce", Nonce));
        using var script = await Portal.CreateScriptAsync(PortalRole.Viewer);
        using var response = await script.GetAsync(new Uri("/api/admin/system", UriKind.Relative));
        var told = (await Answered.ReadAsync(response)).Json["signing_keys"]!.AsArray();

        Assert.Equal(await SignedAnswer.KeysAsync(Portal), told.Select(key => (string)key!["key"]!));
        Assert.Equal(["current", "next"], told.Select(key => (string)key!["role"]!));
        Assert.All(told, key => Assert.True((bool)key!["available"]!));
        Assert.DoesNotContain(Portal.Logs.Of(LogLevel.Information), line => line.Contains(a.Key, StringComparison.OrdinalIgnoreCase));
    }

    private static Task<SignedAnswer> AskAsync(ClientDevice device, string path, params (string Name, object? Value)[] more) =>
        SignedAnswer.PostAsync(device.Portal, path, [("license_key", device.Key), ("device_fingerprint", device.Fingerprint), .. more]);

    private static string WithoutSession(SignedAnswer answer) => answer.Get("session_id") is { } id ? answer.Text.Replace(id, "", StringComparison.Ordinal) : answer.Text;

    private static async Task<IReadOnlyList<string>> TakeUpAsync(PortalServer portal, string current)
    {
        portal.Time.Advance(TimeSpan.FromSeconds(15));
        IReadOnlyList<string> keys = [];
        await Until.TrueAsync(async () => (keys = await SignedAnswer.KeysAsync(portal))[0] == current, "the server signs with the other key");
        return keys;
    }

    private static async Task<IReadOnlyList<SseItem<string>>> ReadStreamAsync(ClientDevice device, params (string Name, object? Value)[] more)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal) { ["license_key"] = device.Key, ["device_fingerprint"] = device.Fingerprint };
        foreach (var (name, value) in more) members[name] = value;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(device.Portal.Address, "/api/session/stream")) { Content = JsonContent.Create(members) };
        using var response = await device.Portal.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var events = new List<SseItem<string>>();
        await foreach (var one in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add(one);
            if (events.Count == 2) break;
        }

        return events;
    }
}
