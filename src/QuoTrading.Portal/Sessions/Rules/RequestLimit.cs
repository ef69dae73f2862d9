namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>The limit that a request exceeded.</summary>
public enum RequestLimit
{
    /// <summary>Too many requests with one key.</summary>
    License,

    /// <summary>Too many unknown keys from one address.</summary>
    UnknownKeys,
}
