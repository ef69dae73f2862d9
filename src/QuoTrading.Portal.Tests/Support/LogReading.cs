using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Keeps what a server logs.</summary>
public sealed class LogReading : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    /// <summary>What was logged at this level, or a graver one.</summary>
    public IReadOnlyList<string> Of(LogLevel least) => [.. lines.Where(line => line.Level >= least).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => new Kept(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Kept(LogReading reading, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) reading.lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
        }
    }
}
