namespace QuoTrading.Portal.History.Retention;

/// <summary>Tells whether the wall clock may be believed: by one that has jumped ahead everything is old.</summary>
internal interface IClockCheck
{
    /// <summary>What is wrong with the clock, in a sentence; null if nothing is. From memory.</summary>
    string? Look();
}
