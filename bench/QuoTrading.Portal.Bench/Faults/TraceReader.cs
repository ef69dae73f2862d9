using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>What strace wrote down, one file a thread, with times in seconds: writes to the write-ahead log, syncs of it, and answers.</summary>
internal sealed partial class TraceReader
{
    private readonly List<(double Start, double End, string Page)> writes = [];
    private readonly List<(double Start, double End)> syncs = [];
    private readonly List<(double Start, string To)> answers = [];

    public int Syncs => syncs.Count;

    /// <summary>Reads all threads of one trace.</summary>
    public static TraceReader Read(string folder)
    {
        var trace = new TraceReader();
        foreach (var line in Directory.EnumerateFiles(folder).SelectMany(File.ReadLines))
        {
            var call = Call().Match(line);
            if (!call.Success) continue;
            var start = double.Parse(call.Groups["at"].Value, CultureInfo.InvariantCulture);
            var end = start + double.Parse(call.Groups["took"].Value, CultureInfo.InvariantCulture);
            trace.Note(call.Groups["name"].Value, line, start, end);
        }

        trace.answers.Sort();
        trace.writes.Sort((a, b) => a.Start.CompareTo(b.Start));
        return trace;
    }

    /// <summary>When the answers that left to a client at this address began to leave, in order.</summary>
    public IReadOnlyList<double> AnswersTo(string address) => [.. answers.Where(answer => answer.To == address).Select(answer => answer.Start)];

    /// <summary>When the first sync had returned that began after the event stood in the log; null if there was none.</summary>
    public double? WhenDurable(string kind, string session)
    {
        var written = writes.Find(write => Holds(write.Page, kind, session)).End;
        if (written == 0) return null;
        var after = syncs.Where(sync => sync.Start >= written).Select(sync => sync.End).ToList();
        return after.Count == 0 ? null : after.Min();
    }

    private void Note(string name, string line, double start, double end)
    {
        if (name is "fsync" or "fdatasync")
        {
            if (line.Contains("portal.db-wal", StringComparison.Ordinal) && line.Contains(" = 0 ", StringComparison.Ordinal)) syncs.Add((start, end));
        }
        else if (line.Contains("portal.db-wal", StringComparison.Ordinal)) writes.Add((start, end, Text(line)));
        else if (Peer().Match(line) is { Success: true } peer && Text(line).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) answers.Add((start, peer.Groups["to"].Value));
    }

    // The row of the event: its kind and code, then license, customer and masked key, then the session's id.
    private static bool Holds(string page, string kind, string session)
    {
        var event_ = kind switch { "login" => "LoggedIn", "release" => "Endedreleased", _ => "Endedforced_logout" };
        for (var at = page.IndexOf(session, StringComparison.Ordinal); at >= 0; at = page.IndexOf(session, at + 1, StringComparison.Ordinal))
            if (page[Math.Max(0, at - 80)..at].Contains(event_, StringComparison.Ordinal)) return true;
        return false;
    }

    // strace -x writes every byte as \x41 where one of them is no text.
    private static string Text(string line)
    {
        var from = line.IndexOf('"', StringComparison.Ordinal);
        if (from < 0) return "";
        if (line[from + 1] != '\\') return line[(from + 1)..];
        var text = new StringBuilder(4200);
        for (var i = from + 1; i + 3 < line.Length && line[i] == '\\'; i += 4) text.Append((char)int.Parse(line.AsSpan(i + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return text.ToString();
    }

    [GeneratedRegex(@"^(?<at>\d+\.\d+) (?<name>\w+)\(.* <(?<took>\d+\.\d+)>$", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Call();

    [GeneratedRegex(@"->(\[::ffff:|\[)?(?<to>127\.0\.3\.\d+)\]?:\d+\]?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Peer();
}
