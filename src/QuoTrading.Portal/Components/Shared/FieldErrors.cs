using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>What is wrong with the fields of a form. Fields have their names in the API; of several sentences about one, the first is told.</summary>
internal sealed class FieldErrors(IReadOnlyList<FieldError> errors)
{
    /// <summary>Nothing is wrong.</summary>
    public static FieldErrors None { get; } = new([]);

    public bool Any => errors.Count > 0;

    /// <summary>What an input is told that stands for these fields; null for nothing.</summary>
    public string? this[params ReadOnlySpan<string> fields]
    {
        get
        {
            foreach (var error in errors)
                if (fields.Contains(error.Field)) return error.Message;
            return null;
        }
    }

    /// <summary>As <c>aria-invalid</c> has it.</summary>
    public string? Invalid(params ReadOnlySpan<string> fields) => this[fields] is null ? null : "true";
}
