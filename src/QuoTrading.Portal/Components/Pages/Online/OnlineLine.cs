using System.Collections;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A line of the list: a session, or the first of several that one machine runs on one seat.</summary>
/// <param name="SeatSharers">How many more of the seat stand behind it; 0 for a session by itself.</param>
/// <param name="IsOpen">Its seatSharers are shown below it.</param>
/// <param name="IsMate">It is one of those.</param>
/// <param name="OnSeat">How many devices are live on the seat, shown or not.</param>
/// <param name="Copied">A device that the line stands for is used in two places.</param>
public readonly record struct OnlineLine(OnlineRow Row, int SeatSharers = 0, bool IsOpen = false, bool IsMate = false, int OnSeat = 1, CopiedMark? Copied = null)
{
    /// <summary>Beyond two devices on one seat one may ask whose they are (docs/protocol.md, Symbol sessions).</summary>
    public const int ManyOnSeat = 3;
}

/// <summary>A line and its place in the whole list, which assistive technology is told: it sees only those that are drawn.</summary>
internal readonly record struct NumberedLine(int Index, OnlineLine Line);

/// <summary>Numbers lines as they are asked for; the virtualised list asks for those in view.</summary>
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
