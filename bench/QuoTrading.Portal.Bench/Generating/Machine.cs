namespace QuoTrading.Portal.Bench.Generating;

/// <summary>A computer, and where it is now. Whatever runs on it moves along in the same instant.</summary>
/// <param name="host">Its number in whichever network it is.</param>
/// <param name="networks">Where it may be; a network is 127.0.<i>n</i>.0/24. It begins in the first.</param>
public sealed class Machine(int host, params IReadOnlyList<int> networks)
{
    private volatile int place;

    /// <summary>Where its requests come from now.</summary>
    public string Address => $"127.0.{networks[place]}.{host}";

    public int Places => networks.Count;

    public int Place
    {
        get => place;
        set => place = value;
    }
}
