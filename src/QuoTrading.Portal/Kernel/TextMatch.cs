using System.Linq.Expressions;

namespace QuoTrading.Portal.Kernel;

/// <summary>A text filter: a prefix, or the exact text if it is entered after a <c>=</c>.</summary>
/// <param name="Text">Not empty.</param>
public sealed record TextMatch(string Text, bool IsExact)
{
    // The last code point: the prefix followed by it sorts after every text with the prefix.
    private const string End = "\U0010FFFF";

    /// <param name="typed">The text in the input field.</param>
    /// <returns>Null without a text.</returns>
    public static TextMatch? Parse(string? typed) => typed?.Trim() switch
    {
        null or "" or "=" => null,
        ['=', .. var exact] => new TextMatch(exact.Trim(), IsExact: true),
        var prefix => new TextMatch(prefix, IsExact: false),
    };

    /// <summary>The same filter in lower case, as e-mail addresses are stored.</summary>
    public TextMatch ToLower() => this with { Text = Text.ToLowerInvariant() };

    /// <summary>In the form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => IsExact ? "=" + Text : Text;

    /// <summary>Whether a value matches.</summary>
    public bool Admits(string? value, StringComparison comparison = StringComparison.Ordinal) =>
        value is not null && (IsExact ? value.Equals(Text, comparison) : value.StartsWith(Text, comparison));

    /// <summary>The rows whose text matches.</summary>
    /// <param name="column">A text column.</param>
    /// <param name="byIndex">False if the column's index must not be used, because another index leaves fewer rows.</param>
    internal IQueryable<T> In<T>(IQueryable<T> rows, Expression<Func<T, string?>> column, bool byIndex = true) => Where(rows, column, Matches(), byIndex);

    /// <summary>The rows whose text matches, or is one of <paramref name="these"/>.</summary>
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
        // No index covers an expression.
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
