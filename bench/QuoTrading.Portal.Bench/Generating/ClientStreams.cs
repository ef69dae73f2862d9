using System.Collections.Concurrent;
using System.Text.Json;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>The streams that one device holds open, and what becomes of them.</summary>
public sealed class ClientStreams(Course course)
{
    private readonly ConcurrentDictionary<StreamLine, (int Number, Task Reading)> open = new();
    private volatile bool wereCut;

    public bool AreOpen => !open.IsEmpty;

    /// <summary>Somebody else cut them; whoever looks at it takes it back.</summary>
    public bool WereCut
    {
        get => wereCut;
        set => wereCut = value;
    }

    /// <summary>Reads a stream until it ends or is dropped.</summary>
    public void Keep(Operation opened, StreamLine line)
    {
        var number = course.Recorder.Open(opened);
        open[line] = (number, ReadAsync(line, number));
        course.Streaming[this] = true;
        // It may have ended before it was put there.
        if (open.TryGetValue(line, out var kept) && kept.Reading.IsCompleted) Forget(line);
    }

    /// <summary>Closes all of them without a word.</summary>
    public Task DropAsync() => DropAsync(open.Keys);

    /// <summary>Closes one of them.</summary>
    public Task DropOneAsync() => DropAsync(open.Keys.Take(1));

    private Task DropAsync(IEnumerable<StreamLine> lines) => Task.WhenAll(lines.Select(line =>
    {
        if (!open.TryGetValue(line, out var kept)) return Task.CompletedTask;
        course.Recorder.Drop(kept.Number);
        line.Drop();
        return kept.Reading;
    }));

    private async Task ReadAsync(StreamLine line, int number)
    {
        await using (line)
        {
            var last = course.Recorder.Now;
            line.OnHeard(() =>
            {
                var now = course.Recorder.Now;
                if (now - last > StreamLine.Silence) course.Recorder.Silent(number, last, now);
                last = now;
            });
            while (await line.NextAsync() is var (name, data))
            {
                if (name != "logged_out") continue;
                using var json = JsonDocument.Parse(data);
                course.Recorder.LoggedOut(number, json.RootElement.GetProperty("reason").GetString()!);
            }

            if (course.Recorder.Now - last > StreamLine.Silence) course.Recorder.Silent(number, last, course.Recorder.Now);
            course.Recorder.StreamGone(number);
            Forget(line);
        }
    }

    private void Forget(StreamLine line)
    {
        open.TryRemove(line, out _);
        if (open.IsEmpty) course.Streaming.TryRemove(this, out _);
    }
}
