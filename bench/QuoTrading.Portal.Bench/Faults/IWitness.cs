namespace QuoTrading.Portal.Bench.Faults;

/// <summary>A client that remembers what it was told last, and can be asked afterwards whether that is still so.</summary>
internal interface IWitness
{
    /// <summary>What it was acknowledged so far.</summary>
    int Acknowledged { get; }

    /// <summary>Makes one change. A lost answer, or 503, leaves it not knowing.</summary>
    /// <exception cref="HttpRequestException">The server is gone.</exception>
    Task StepAsync();

    /// <summary>Compares what it was told with what the server says now, over HTTP.</summary>
    Task CheckAsync(Judgement judgement);

    /// <summary>The same with what stands in the database file.</summary>
    void CheckFile(Judgement judgement);
}
