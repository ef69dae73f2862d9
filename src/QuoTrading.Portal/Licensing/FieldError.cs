namespace QuoTrading.Portal.Licensing;

/// <summary>An input value that is not valid.</summary>
/// <param name="Field">As the API and the forms name it: <c>seats</c>, <c>email</c>, <c>session_timeout_seconds</c>, …</param>
/// <param name="Message">A sentence that names the field, what is wrong with it, and what to do.</param>
public sealed record FieldError(string Field, string Message);
