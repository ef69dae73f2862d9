using System.Collections;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A row and its place in the whole list, which assistive technology is told: it sees only those that are drawn.</summary>
public readonly record struct NumberedRow(int Index, OnlineRow Row);

/// <summary>Numbers rows as they are asked for; the virtualised list asks for those in view.</summary>
public sealed class NumberedRowCollection(ICollection<OnlineRow> rows) : ICollection<NumberedRow>
{
    public int Count => rows.Count;

    public bool IsReadOnly => true;

    public IEnumerator<NumberedRow> GetEnumerator() => rows.Select((row, index) => new NumberedRow(index, row)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Contains(NumberedRow item) => rows.ElementAtOrDefault(item.Index) == item.Row;

    public void CopyTo(NumberedRow[] array, int arrayIndex)
    {
        foreach (var row in this) array[arrayIndex++] = row;
    }

    void ICollection<NumberedRow>.Add(NumberedRow item) => throw new NotSupportedException();

    void ICollection<NumberedRow>.Clear() => throw new NotSupportedException();

    bool ICollection<NumberedRow>.Remove(NumberedRow item) => throw new NotSupportedException();
}
