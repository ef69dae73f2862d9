using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>
/// Translates <see cref="QueryHints.Unindexed{T}"/> for SQLite: turns the column into an expression that no index covers. The planner of
/// SQLite uses an index for a plain column, however many rows that leaves.
/// </summary>
internal sealed class SqliteQueryHints : ExpressionVisitor, IQueryExpressionInterceptor
{
    /// <summary>The only instance: EF Core would build a separate model for contexts with another one.</summary>
    public static readonly SqliteQueryHints One = new();

    private static readonly MethodInfo Hint = typeof(QueryHints).GetMethod(nameof(QueryHints.Unindexed))!;
    private static readonly MethodInfo Join = typeof(string).GetMethod(nameof(string.Concat), [typeof(string), typeof(string)])!;

    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData) => Visit(queryExpression);

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        if (!node.Method.IsGenericMethod || node.Method.GetGenericMethodDefinition() != Hint) return base.VisitMethodCall(node);
        var value = Visit(node.Arguments[0]);
        if (value.Type == typeof(string)) return Expression.Add(value, Expression.Constant(""), Join);
        var type = Nullable.GetUnderlyingType(value.Type) ?? value.Type;
        return type.IsEnum
            ? Expression.Convert(Expression.Coalesce(value, Expression.Constant(Enum.ToObject(type, -1))), value.Type)
            : Expression.Add(value, Expression.Constant(Convert.ChangeType(0, type, CultureInfo.InvariantCulture), value.Type));
    }
}
