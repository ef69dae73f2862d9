using System.Text;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Requests that nobody should answer with 200, as bytes of HTTP.</summary>
internal static class BadRequests
{
    private static readonly string[] Paths = ["/api/main", "/api/validate-license", "/api/heartbeat", "/api/session/release", "/api/session/clear", "/api/admin/force-clear-session"];

    /// <returns>The bytes, and whether the sender then says that there will be no more: else the server waits for the rest.</returns>
    public static (byte[] Request, bool Ends) Make(string key, Lot lot)
    {
        var kind = lot.Below(12);
        return (Make(kind, lot.OneOf(Paths), key, lot), kind is 6 or 7 or 8 or 11);
    }

    private static byte[] Make(int kind, string path, string key, Lot lot)
    {
        return kind switch
        {
            0 => Post(path, lot.OneOf(["", " ", "[]", "null", "17", "\"text\"", "{", "}", "{\"license_key\"", "{\"license_key\":}", "{'license_key':'x'}", "<xml/>", "{}{}", "{\"a\":1,}", "\u0000"])),
            1 => Post(path, Mistyped(key, lot)),
            2 => Post(path, $"{{\"license_key\":\"{new string('K', lot.OneOf([129, 5000, 200_000]))}\",\"device_fingerprint\":\"A\"}}"),
            // Beyond the largest body that is read.
            3 => Post(path, $"{{\"license_key\":\"{key}\",\"metadata\":\"{new string('m', 300_000)}\"}}"),
            4 => Post(path, Nested(lot)),
            5 => Post(path, NotUtf8(key, lot)),
            // Says more than it sends, and says nothing more.
            6 => Post(path, $"{{\"license_key\":\"{key}\"", promised: lot.OneOf([40, 5000, 200_000]) + 100),
            7 => Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{lot.OneOf(["zz\r\n", "5\r\n{\"li", "FFFFFFFFFFFFFFFFF\r\n", "-1\r\n\r\n"])}"),
            8 => Encoding.ASCII.GetBytes(lot.OneOf(["\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/9.9\r\n\r\n", $"POST {path}\r\n\r\n", "\u0016\u0003\u0001\u0002", $"POST {path} HTTP/1.1\r\nContent-Length: -5\r\nHost: x\r\n\r\n", $"POST {path} HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\nHost: x\r\n\r\n12345"])),
            9 => Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X-H{i}: {new string('h', 400)}\r\n"))}\r\n"),
            10 => Encoding.ASCII.GetBytes($"{lot.OneOf(["GET", "PUT", "DELETE", "PATCH", "BREW"])} {lot.OneOf(Paths[..5])} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            _ => Bytes(lot),
        };
    }

    private static string Mistyped(string key, Lot lot)
    {
        var wrong = lot.OneOf(["1", "true", "[]", "{}", "null", "1e999", "\"\"", "\"  \"", "\"\\u0000\"", "\"\\ud800\""]);
        return lot.Falls(0.5)
            ? $"{{\"license_key\":{wrong},\"device_fingerprint\":\"A\"}}"
            // Without a key it is wrong on every path, whatever becomes of the rest.
            : $"{{\"device_fingerprint\":{wrong},\"session_id\":{wrong},\"check_only\":{wrong},\"symbol\":\"{key[..4]}\"}}";
    }

    private static string Nested(Lot lot)
    {
        var depth = lot.OneOf([100, 5000, 100_000]);
        return lot.Falls(0.5) ? new string('[', depth) : $"{{\"metadata\":{string.Concat(Enumerable.Repeat("{\"a\":", Math.Min(depth, 40_000)))}1";
    }

    private static byte[] NotUtf8(string key, Lot lot)
    {
        var body = Encoding.ASCII.GetBytes($"{{\"license_key\":\"{key}\",\"device_fingerprint\":\"AAAA\"}}");
        body[^(3 + lot.Below(4))] = (byte)(0x80 + lot.Below(0x7f));
        return body;
    }

    private static byte[] Bytes(Lot lot)
    {
        var noise = new byte[1 + lot.Below(3000)];
        for (var i = 0; i < noise.Length; i++) noise[i] = (byte)lot.Below(256);
        return noise;
    }

    private static byte[] Post(string path, string body, int? promised = null) => Post(path, Encoding.UTF8.GetBytes(body), promised);

    private static byte[] Post(string path, byte[] body, int? promised = null) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {promised ?? body.Length}\r\n\r\n"), .. body];
}
