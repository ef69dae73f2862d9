using System.Linq.Expressions;

namespace QuoTrading.Portal.Kernel;

/// <summary>A text that a person filters by: the beginning of what is looked for, or, after a <c>=</c>, exactly it.</summary>
/// <param name="Text">Not empty.</param>
public sealed record TextMatch(string Text, bool IsExact)
{
    // Sorts behind every text that has the prefix: the last code point there is.
    private const string End = "\U0010FFFF";

    /// <param name="typed">As a person types it.</param>
    /// <returns>Null where nothing is typed.</returns>
    public static TextMatch? Parse(string? typed) => typed?.Trim() switch
    {
        null or "" or "=" => null,
        ['=', .. var exact] => new TextMatch(exact.Trim(), IsExact: true),
        var prefix => new TextMatch(prefix, IsExact: false),
    };

    /// <summary>The same, with the letters of e-mail addresses as they are stored.</summary>
    public TextMatch ToLower() => this with { Text = Text.ToLowerInvariant() };

    /// <summary>As a person typed it.</summary>
    public override string ToString() => IsExact ? "=" + Text : Text;

    /// <summary>Whether this one matches.</summary>
    public bool Admits(string? value, StringComparison comparison = StringComparison.Ordinal) =>
        value is not null && (IsExact ? value.Equals(Text, comparison) : value.StartsWith(Text, comparison));

    /// <summary>Those whose text matches.</summary>
    /// <param name="column">A text column.</param>
    /// <param name="byIndex">False where the column's index must not be used, since another one leads to fewer rows.</param>
    internal IQueryable<T> In<T>(IQueryable<T> rows, Expression<Func<T, string?>> column, bool byIndex = true) => Where(rows, column, Matches(), byIndex);

    /// <summary>Those whose text matches, or is one of these.</summary>
    internal IQueryable<T> InOrAmong<T>(IQueryable<T> rows, Expression<Func<T, string?>> column, IReadOnlyCollection<string> these, bool byIndex = true)
    {
        Expression<Func<string?, bool>> isOne = value => these.Contains(value!);
        var matches = Matches();
        var either = Expression.OrElse(isOne.Body, new Replaced(matches.Parameters[0], isOne.Parameters[0]).Visit(matches.Body)!);
        return Where(rows, column, Expression.Lambda<Func<string?, bool>>(either, isOne.Parameters), byIndex);
    }

    private Expression<Func<string?, bool>> Matches()
    {
        var text = Text;
        var end = Text + End;
        return IsExact
            ? value => value == text
            : value => string.Compare(value, text) >= 0 && string.Compare(value, end) < 0;
    }

    private static IQueryable<T> Where<T>(IQueryable<T> rows, Expression<Func<T, string?>> column, Expression<Func<string?, bool>> matches, bool byIndex)
    {
        // An expression is not in any index.
        Expression<Func<string?, string?>> off = text => text.Unindexed();
        var value = byIndex ? column.Body : new Replaced(off.Parameters[0], column.Body).Visit(off.Body)!;
        var body = new Replaced(matches.Parameters[0], value).Visit(matches.Body)!;
        return rows.Where(Expression.Lambda<Func<T, bool>>(body, column.Parameters));
    }

    private sealed class Replaced(ParameterExpression parameter, Expression by) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? by : node;
    }
}
