using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>Reads the events of a session stream.</summary>
internal sealed class LicenseEvents(Stream body)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly byte[] bytes = new byte[4096];
    private readonly char[] letters = new char[4097];
    private readonly List<string> data = [];
    private string name = "", rest = "";

    /// <summary>Waits for what comes next: mostly no event, but a comment.</summary>
    /// <returns>The events that are complete, each by its name and its data; null at the end.</returns>
    /// <exception cref="IOException">It broke off, or has an event without end.</exception>
    public async Task<List<(string Name, string Data)>?> ReadAsync(CancellationToken limit)
    {
        var count = await body.ReadAsync(bytes, 0, bytes.Length, limit).ConfigureAwait(false);
        if (count == 0) return null;
        var lines = (rest + new string(letters, 0, decoder.GetChars(bytes, 0, count, letters, 0))).Split('\n');
        rest = lines[lines.Length - 1];
        var events = new List<(string, string)>();
        for (var line = 0; line < lines.Length - 1; line++) Take(lines[line].TrimEnd('\r'), events);
        if (rest.Length > LicenseTransport.MostBytes || data.Count > 100) throw new IOException("An event without end.");
        return events;
    }

    private void Take(string line, List<(string, string)> events)
    {
        if (line.Length == 0)
        {
            if (name.Length > 0) events.Add((name, string.Join("\n", data)));
            name = "";
            data.Clear();
        }
        else if (Value(line, "event:") is { } told)
        {
            name = told;
        }
        else if (Value(line, "data:") is { } part)
        {
            data.Add(part);
        }
    }

    private static string? Value(string line, string field) =>
        !line.StartsWith(field, StringComparison.Ordinal) ? null
        : line.Length > field.Length && line[field.Length] == ' ' ? line.Substring(field.Length + 1) : line.Substring(field.Length);
}
