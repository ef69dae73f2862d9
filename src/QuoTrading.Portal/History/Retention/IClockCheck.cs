namespace QuoTrading.Portal.History.Retention;

/// <summary>Checks whether the wall clock can be trusted: if it has jumped ahead, every row looks old.</summary>
internal interface IClockCheck
{
    /// <summary>What is wrong with the clock, in a sentence; null if nothing is. Reads memory only.</summary>
    string? Look();
}
