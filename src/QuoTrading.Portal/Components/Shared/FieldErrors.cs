using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>The errors of the fields of a form, by the field name in the API. Of several errors of a field, the first is shown.</summary>
internal sealed class FieldErrors(IReadOnlyList<FieldError> errors)
{
    /// <summary>Nothing is wrong.</summary>
    public static FieldErrors None { get; } = new([]);

    public bool Any => errors.Count > 0;

    /// <summary>The message for an input that edits these fields; null if there is no error.</summary>
    public string? this[params ReadOnlySpan<string> fields]
    {
        get
        {
            foreach (var error in errors)
                if (fields.Contains(error.Field)) return error.Message;
            return null;
        }
    }

    /// <summary>The value of <c>aria-invalid</c>.</summary>
    public string? Invalid(params ReadOnlySpan<string> fields) => this[fields] is null ? null : "true";
}
