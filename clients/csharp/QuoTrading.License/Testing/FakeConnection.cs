using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace QuoTrading.Testing;

/// <summary>One request over HTTP/1.1, and its answer; then the connection is closed.</summary>
internal sealed class FakeConnection(Stream stream)
{
    private const int MostHead = 16 * 1024, MostBody = 256 * 1024;
    private const string BlankLine = "\r\n\r\n";

    public string Path { get; private set; } = "";

    /// <summary>The JSON of the request; empty where there is a <see cref="Fault"/>.</summary>
    public JsonObject Asked { get; private set; } = [];

    /// <summary>What is wrong with the request; null for nothing.</summary>
    public (int Status, string Code, string Message)? Fault { get; private set; }

    /// <returns>False: the client went away before it had said all.</returns>
    public async Task<bool> ReadAsync()
    {
        var (read, count, end) = (new byte[MostHead], 0, -1);
        while (end < 0)
        {
            var more = count < read.Length ? await stream.ReadAsync(read, count, read.Length - count).ConfigureAwait(false) : 0;
            if (more == 0) return false;
            count += more;
            end = Encoding.ASCII.GetString(read, 0, count).IndexOf(BlankLine, StringComparison.Ordinal);
        }

        var length = ReadHead(Encoding.ASCII.GetString(read, 0, end).Split('\n'));
        var begun = read.Skip(end + BlankLine.Length).Take(count - end - BlankLine.Length).Take(length).ToArray();
        return await ReadBodyAsync(begun, length).ConfigureAwait(false);
    }

    public Task WriteAsync(int status, byte[] body, JsonObject? proof)
    {
        var signature = proof is null ? "" : $"Portal-Signature: {string.Join(", ", proof.Select(one => $"{one.Key}=\"{one.Value}\""))}\r\n";
        var head = Head(status, "application/json", FormattableString.Invariant($"Content-Length: {body.Length}\r\n") + signature);
        return WriteAsync([.. head, .. body]);
    }

    /// <summary>A stream's.</summary>
    public Task BeginAsync() => WriteAsync(Head(200, "text/event-stream", "Transfer-Encoding: chunked\r\n"));

    /// <summary>A part of a stream; it is on its way at once.</summary>
    public Task SayAsync(string text)
    {
        var part = Encoding.UTF8.GetBytes(text);
        return WriteAsync([.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"{part.Length:x}\r\n")), .. part, (byte)'\r', (byte)'\n']);
    }

    /// <summary>Of a stream, so that its client knows that it was meant.</summary>
    public Task EndAsync() => WriteAsync(Encoding.ASCII.GetBytes("0" + BlankLine));

    private static byte[] Head(int status, string type, string more) =>
        Encoding.ASCII.GetBytes(FormattableString.Invariant($"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Type: {type}\r\nConnection: close\r\n{more}\r\n"));

    private Task WriteAsync(byte[] bytes) => stream.WriteAsync(bytes, 0, bytes.Length);

    /// <returns>The length of the body, as far as it is to be read. One that was left unread would cost the client its answer.</returns>
    private int ReadHead(string[] lines)
    {
        var first = lines[0].Split(' ');
        Path = first.Length > 1 ? first[1] : "";
        var told = lines.Skip(1).FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1].Trim();
        var isTold = int.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        Fault = !FakePortal.Knows(Path) ? (404, "not_found", "There is nothing at this address.")
            : first[0] != "POST" ? (405, "method_not_allowed", "Only POST is answered.")
            : !isTold ? (411, "bad_request", "The request needs a Content-Length.")
            : length > MostBody ? (413, "body_too_large", "The body is too large.")
            : null;
        return isTold && length <= MostBody ? length : 0;
    }

    private async Task<bool> ReadBodyAsync(byte[] begun, int length)
    {
        var (body, count) = (new byte[length], begun.Length);
        begun.CopyTo(body, 0);
        while (count < length)
        {
            var more = await stream.ReadAsync(body, count, length - count).ConfigureAwait(false);
            if (more == 0) return false;
            count += more;
        }

        if (Fault is not null) return true;
        Asked = LicenseJson.Parse(body, length);
        if (Asked.Count == 0) Fault = (400, "bad_request", "The body must be a JSON object.");
        return true;
    }
}
