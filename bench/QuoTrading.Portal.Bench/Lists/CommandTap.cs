using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>Takes down what EF Core sends to the database while it listens: the very text, with its parameters.</summary>
internal sealed class CommandTap : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> subscriptions = [];
    private readonly List<(string Sql, (string Name, object? Value)[] Values)> taken = [];

    public CommandTap() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public bool IsOn { get; set; }

    /// <summary>How SQLite runs each statement taken down since the last call.</summary>
    public IReadOnlyList<string> TakePlans(SqliteConnection connection)
    {
        var plans = taken.Select(statement => Explain(connection, statement.Sql, statement.Values)).ToList();
        taken.Clear();
        return plans;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name) subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (!IsOn || value.Value is not CommandExecutedEventData { Command: { } command }) return;
        taken.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(p => (p.ParameterName, p.Value))]));
    }

    public void OnError(Exception error)
    {
        // Nothing to do: what was taken down so far counts.
    }

    public void OnCompleted()
    {
        // The same.
    }

    public void Dispose() => subscriptions.ForEach(subscription => subscription.Dispose());

    private static string Explain(SqliteConnection connection, string sql, (string Name, object? Value)[] values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // What EF Core made of this program's own queries.
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read()) steps.Add(reader.GetString(3));
        return string.Join("; ", steps);
    }

    private static class DbLoggerCategory
    {
        public const string Name = "Microsoft.EntityFrameworkCore";
    }
}
