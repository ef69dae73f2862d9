using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// A prepared statement of the writer, bound by position. The driver looks up each parameter by name, converts each value to text and
/// wraps each run in a reader, which took a tenth of the processor time of a login. The stored values and the exceptions are the same
/// as the driver's.
/// </summary>
internal sealed class SqliteStatement : PreparedStatement
{
    private const int AnyNumber = 64;
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    private readonly sqlite3 database;
    private readonly sqlite3_stmt statement;
    private readonly bool changesRows;
    private byte[] text = new byte[512];

    /// <param name="sql">One statement, with the parameters <c>@p0</c>, <c>@p1</c>, …</param>
    /// <exception cref="SqliteException">The statement cannot be prepared.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out statement, out var rest));
        if (!string.IsNullOrWhiteSpace(rest)) throw new ArgumentException("One statement at a time.", nameof(sql));
        changesRows = raw.sqlite3_stmt_readonly(statement) == 0;
        // SQLite numbers parameters by their first occurrence; the values are in the order of the parameters' names.
        Places = new int[raw.sqlite3_bind_parameter_count(statement)];
        for (var place = 0; place < Places.Length; place++)
            Places[place] = int.Parse(raw.sqlite3_bind_parameter_name(statement, place + 1).utf8_to_string().AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    // For each parameter position of SQLite, the index of its value.
    private int[] Places { get; }

    public override int Execute(ReadOnlySpan<object?> values)
    {
        Run(values);
        return changesRows ? raw.sqlite3_changes(database) : 0;
    }

    public override long Insert(ReadOnlySpan<object?> values)
    {
        Run(values);
        return raw.sqlite3_last_insert_rowid(database);
    }

    public override long ExecuteScalar(ReadOnlySpan<object?> values) => Run(values);

    public override void Dispose() => statement.Dispose();

    private long Run(ReadOnlySpan<object?> values)
    {
        Bind(values);
        var first = 0L;
        var rows = 0;
        int code;
        while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            if (rows++ == 0) first = raw.sqlite3_column_int64(statement, 0);
        // Returns the step's error code again, so it is not checked; SQLite still has the step's error message.
        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE) Check(code);
        return first;
    }

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var place = 0; place < Places.Length; place++) Check(Bind(place + 1, values[Places[place]]));
    }

    // Stores values in the same form as the conversions of the EF Core model and the driver.
    private int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        string words => BindText(place, words),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        int number => raw.sqlite3_bind_int64(statement, place, number),
        bool flag => raw.sqlite3_bind_int64(statement, place, flag ? 1 : 0),
        DateTime time => time.TryFormat(Room(AnyNumber), out var length, TimeFormat, CultureInfo.InvariantCulture) ? BindText(place, length) : throw new FormatException(),
        Guid id => id.TryFormat(Room(AnyNumber), out var length, "D") ? BindText(place, length) : throw new FormatException(),
        Enum name => BindText(place, name.ToString()),
        byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} is not stored by hand anywhere yet.", nameof(value)),
    };

    private int BindText(int place, string words) => BindText(place, Encoding.UTF8.GetBytes(words, Room(Encoding.UTF8.GetMaxByteCount(words.Length))));

    // SQLite copies the text, so the buffer can be used again.
    private int BindText(int place, int length) => raw.sqlite3_bind_text(statement, place, text.AsSpan(0, length));

    private Span<byte> Room(int bytes)
    {
        if (text.Length < bytes) text = new byte[bytes];
        return text;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, database);
}
