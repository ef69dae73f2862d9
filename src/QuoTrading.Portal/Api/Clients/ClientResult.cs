using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>An answer to a client: a status, a JSON body, and Retry-After, in seconds, if waiting helps.</summary>
internal abstract class ClientResult(int status, int? retryAfterSeconds) : ISignedResult
{
    public int Status => status;

    /// <summary>The body before serialization.</summary>
    public abstract object Content { get; }

    /// <inheritdoc/>
    public AnswerSigning? Signing { get; set; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        if (retryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var json = Serialize();
        // Only these statuses grant or refuse a license; after any other a client repeats its request.
        if (Signing is { } signing && status is 200 or 401 or 403 && signing.Sign(status, json) is { } signature) response.Headers[AnswerSignature.HeaderName] = signature.Header;
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, httpContext.RequestAborted);
    }

    public static ClientResult Ok<T>(T body, JsonTypeInfo<T> type) => new Of<T>(200, null, body, type);

    public static ClientResult Refuse(int status, Refusal refusal, int? retryAfterSeconds = null) =>
        new Of<Refusal>(status, retryAfterSeconds, refusal, RefusalJson.Default.Refusal);

    protected abstract byte[] Serialize();

    private sealed class Of<T>(int status, int? retryAfterSeconds, T body, JsonTypeInfo<T> type) : ClientResult(status, retryAfterSeconds)
    {
        public override object Content => body!;

        protected override byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(body, type);
    }
}
