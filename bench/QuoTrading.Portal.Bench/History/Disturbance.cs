namespace QuoTrading.Portal.Bench.History;

public enum DisturbanceKind
{
    /// <summary>Killed, and started again.</summary>
    Kill,

    /// <summary>Stopped as an operator stops it, and started again.</summary>
    Restart,

    /// <summary>Suspended, and resumed.</summary>
    Suspension,

    /// <summary>Nobody did anything, but answers were slow: the machine was busy with something else.</summary>
    Stall,
}

/// <summary>A time in which the server did not run as it should.</summary>
/// <param name="From">Not later than the first effect.</param>
/// <param name="Begun">When it had its effect for certain: suspended, or gone.</param>
/// <param name="To">Not earlier than the last; <see cref="TimeSpan.MaxValue"/> while it lasts.</param>
/// <param name="Gone">For a kill or restart: when the process was gone for certain. For a suspension: when it was asked to go on.</param>
public sealed record Disturbance(DisturbanceKind Kind, TimeSpan From, TimeSpan Begun, TimeSpan Gone, TimeSpan To)
{
    /// <summary>The process was another one afterwards: what had not reached it by then never did.</summary>
    public bool Replaced => Kind is DisturbanceKind.Kill or DisturbanceKind.Restart;
}

/// <summary>A change of the session timeout.</summary>
/// <param name="Answered">Null where no answer came: then it may be in force or not.</param>
public sealed record TimeoutChange(TimeSpan Sent, TimeSpan? Answered, TimeSpan Timeout);

/// <summary>A change of what becomes of copied devices.</summary>
/// <param name="Refuse">Refused; else only reported.</param>
/// <inheritdoc cref="TimeoutChange" path="/param[@name='Answered']"/>
public sealed record CopiesChange(TimeSpan Sent, TimeSpan? Answered, bool Refuse);
