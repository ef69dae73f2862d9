using System.Collections;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A line of the list: a session, or the first of several that share one seat.</summary>
/// <param name="SeatSharers">How many more sessions of the seat the line represents; 0 for a single session.</param>
/// <param name="IsOpen">Its seat sharers are shown below it.</param>
/// <param name="IsSeatSharer">It is such a seat sharer, shown below its first session.</param>
/// <param name="OnSeat">How many devices are live on the seat, shown or not.</param>
/// <param name="Copied">Set if a device that the line represents looks as if two used it.</param>
public readonly record struct OnlineLine(OnlineRow Row, int SeatSharers = 0, bool IsOpen = false, bool IsSeatSharer = false, int OnSeat = 1, CopiedMark? Copied = null)
{
    /// <summary>From this number of devices on one seat, a shared key is possible (docs/protocol.md, Symbol sessions).</summary>
    public const int ManyOnSeat = 3;
}

/// <summary>A line and its index in the whole list, for assistive technology: only lines in view are rendered.</summary>
internal readonly record struct NumberedLine(int Index, OnlineLine Line);

/// <summary>Numbers lines while they are read; the virtualised list reads those in view.</summary>
internal sealed class NumberedLineCollection(ICollection<OnlineLine> lines) : ICollection<NumberedLine>
{
    public int Count => lines.Count;

    public bool IsReadOnly => true;

    public IEnumerator<NumberedLine> GetEnumerator() => lines.Select((line, index) => new NumberedLine(index, line)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Contains(NumberedLine item) => lines.ElementAtOrDefault(item.Index) == item.Line;

    public void CopyTo(NumberedLine[] array, int arrayIndex)
    {
        foreach (var line in this) array[arrayIndex++] = line;
    }

    void ICollection<NumberedLine>.Add(NumberedLine item) => throw new NotSupportedException();

    void ICollection<NumberedLine>.Clear() => throw new NotSupportedException();

    bool ICollection<NumberedLine>.Remove(NumberedLine item) => throw new NotSupportedException();
}
