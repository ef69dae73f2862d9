using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Reads a client's request body. Every field is checked, and no body makes the server fail.</summary>
internal static class ClientRequestReader
{
    /// <summary>
    /// The size limit of a body, in bytes. If the body is within it, metadata over its own limit is only dropped with a warning.
    /// </summary>
    public const int MostBytes = 256 * 1024;

    private const int MostMetadataBytes = 8 * 1024;
    private const int MostMetadataDepth = 32;
    private const int MostText = 64;
    private const int MostName = 128;
    private const int LeastInstall = 32;
    private const int MostInstall = 64;
    private const int MostToken = 200;
    private const int LeastNonce = 16;
    private const int MostNonce = 64;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> NonceCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // The reader does not recurse: each level of depth costs it one bit. Metadata that is too deep is bad telemetry, not a bad request.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MostBytes };

    /// <returns>The request, or one sentence for the client's author that says what is wrong with it.</returns>
    public static (ClientRequest? Request, string? Error) Read(ReadOnlySpan<byte> body)
    {
        body = body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
        if (!Utf8.IsValid(body)) return (null, "The body is not UTF-8.");
        try
        {
            return Read(body, body);
        }
        catch (JsonException)
        {
            return ReadWithoutNotNumbers(body) ?? (null, "The body is not valid JSON.");
        }
    }

    private static (ClientRequest? Request, string? Error)? ReadWithoutNotNumbers(ReadOnlySpan<byte> body)
    {
        if (NonFiniteNumbers.Replace(body) is not { } replaced) return null;
        try
        {
            return Read(replaced, body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="sent">The body as it was sent: of the same length, but it may contain NaN and Infinity.</param>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    private static (ClientRequest? Request, string? Error) Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent)
    {
        var request = new ClientRequest();
        var reader = new Utf8JsonReader(body, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return (null, "The body must be a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (ReadField(ref reader, body, sent, request) is { } error) return (null, error);
        if (reader.Read()) return (null, "The body must be one JSON object.");
        return request.LicenseKey.Length == 0 ? (null, "license_key is missing.") : (request, null);
    }

    private static string? ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent, ClientRequest request)
    {
        var name = Known(ref reader);
        reader.Read();
        switch (name)
        {
            case "license_key":
                if (!TryText(ref reader, out var key) || LicenseKey.Normalise(key) is not { Length: >= 1 and <= LicenseKey.MaxLength } normal || HasControl(normal))
                    return $"license_key must be a text of 1 to {LicenseKey.MaxLength} characters, none of them control characters.";
                (request.LicenseKey, request.LicenseKeyAsSent) = (normal, key);
                return null;
            case "device_fingerprint":
                if (!TryText(ref reader, out var fingerprint) || HasControl(fingerprint) || InvisibleText.Drop(fingerprint) is not { Length: <= ClientMessage.MaxDeviceLength } device || string.IsNullOrWhiteSpace(device))
                    return $"device_fingerprint must be a text of 1 to {ClientMessage.MaxDeviceLength} characters, none of them control characters.";
                (request.Device, request.DeviceAsSent) = (device, fingerprint);
                return null;
            case "check_only":
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False)) return "check_only must be true or false.";
                request.CheckOnly = reader.GetBoolean();
                return null;
            case "session_id":
                if (reader.TokenType == JsonTokenType.Null) return null;
                if (!TryText(ref reader, out var id) || !Guid.TryParseExact(id, "D", out var session)) return "session_id must be a session's id as the server gave it, or be left out.";
                request.SessionId = session;
                return null;
            case "install":
                if (reader.TokenType == JsonTokenType.Null) return null;
                if (!TryText(ref reader, out var install) || install.Length is < LeastInstall or > MostInstall || install.AsSpan().ContainsAnyExcept(Hex))
                    return $"install must be {LeastInstall} to {MostInstall} hexadecimal digits, or be left out.";
                request.Install = install.ToLowerInvariant();
                return null;
            case "session_token":
                if (reader.TokenType == JsonTokenType.Null) return null;
                if (!TryText(ref reader, out var token) || token.Length is < 1 or > MostToken || token.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                    return "session_token must be the token that the answer before gave, or be left out.";
                request.SessionToken = token;
                return null;
            case "metadata":
                request.Metadata = ReadMetadata(ref reader, body, sent, request);
                return null;
            case "status":
                request.Status = ReadLenient(ref reader, request, name, MostText);
                if (request.Status is null or "online" or "idle") return null;
                request.Warnings.Add("status was ignored: it must be \"online\" or \"idle\".");
                request.Status = null;
                return null;
            case "symbol":
                request.Symbol = ReadSymbol(ref reader, request);
                return null;
            case "bot_version":
                request.BotVersion = ReadLenient(ref reader, request, name, MostText);
                return null;
            case "device_name":
                request.DeviceName = ReadLenient(ref reader, request, name, MostName);
                return null;
            case "app":
                request.App = ReadLenient(ref reader, request, name, MostText);
                return null;
            case "handover":
                request.Handover = ReadLenientBoolean(ref reader, request, name);
                return null;
            case "nonce":
                request.Nonce = ReadNonce(ref reader, request);
                return null;
            case "signal_type":
                request.SignalType = ReadEcho(ref reader);
                return null;
            case "regime":
                request.Regime = ReadEcho(ref reader);
                return null;
            default:
                reader.Skip();
                return null;
        }
    }

    private static string? Known(ref Utf8JsonReader reader)
    {
        // A name without escapes is compared in place. An escape in a name is unusual, but valid JSON.
        if (!reader.ValueIsEscaped) return Known(reader.ValueSpan);
        try
        {
            return Known(Encoding.UTF8.GetBytes(reader.GetString()!));
        }
        catch (InvalidOperationException)
        {
            // An escaped unpaired surrogate: not a known name.
            return null;
        }
    }

    private static string? Known(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("app"u8) => "app",
        5 when name.SequenceEqual("nonce"u8) => "nonce",
        6 when name.SequenceEqual("status"u8) => "status",
        6 when name.SequenceEqual("symbol"u8) => "symbol",
        6 when name.SequenceEqual("regime"u8) => "regime",
        7 when name.SequenceEqual("install"u8) => "install",
        8 when name.SequenceEqual("metadata"u8) => "metadata",
        8 when name.SequenceEqual("handover"u8) => "handover",
        10 when name.SequenceEqual("check_only"u8) => "check_only",
        10 when name.SequenceEqual("session_id"u8) => "session_id",
        11 when name.SequenceEqual("license_key"u8) => "license_key",
        11 when name.SequenceEqual("bot_version"u8) => "bot_version",
        11 when name.SequenceEqual("device_name"u8) => "device_name",
        11 when name.SequenceEqual("signal_type"u8) => "signal_type",
        13 when name.SequenceEqual("session_token"u8) => "session_token",
        18 when name.SequenceEqual("device_fingerprint"u8) => "device_fingerprint",
        _ => null,
    };

    private static string? ReadLenient(ref Utf8JsonReader reader, ClientRequest request, string name, int most)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TryText(ref reader, out var text) && InvisibleText.Drop(text) is { Length: > 0 } seen && seen.Length <= most) return seen;
        request.Warnings.Add($"{name} was ignored: it must be a text of 1 to {most} characters that can be seen.");
        reader.Skip();
        return null;
    }

    private static string? ReadSymbol(ref Utf8JsonReader reader, ClientRequest request)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TryText(ref reader, out var text) && SymbolFormat.Read(text) is { } symbol) return symbol;
        request.Warnings.Add($"symbol was ignored: it must be 1 to {SymbolFormat.MostLength} letters, digits and . _ / : - that begin with a letter or a digit.");
        reader.Skip();
        return null;
    }

    private static string? ReadNonce(ref Utf8JsonReader reader, ClientRequest request)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (TryText(ref reader, out var text) && text.Length is >= LeastNonce and <= MostNonce && !text.AsSpan().ContainsAnyExcept(NonceCharacters)) return text;
        request.Warnings.Add($"nonce was ignored, and the answer is not signed: it must be {LeastNonce} to {MostNonce} letters, digits and - _.");
        reader.Skip();
        return null;
    }

    private static bool ReadLenientBoolean(ref Utf8JsonReader reader, ClientRequest request, string name)
    {
        if (reader.TokenType is JsonTokenType.True) return true;
        if (reader.TokenType is JsonTokenType.False or JsonTokenType.Null) return false;
        request.Warnings.Add($"{name} was ignored: it must be true or false.");
        reader.Skip();
        return false;
    }

    private static string? ReadMetadata(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, ReadOnlySpan<byte> sent, ClientRequest request)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var start = (int)reader.TokenStartIndex;
        var top = reader.CurrentDepth;
        var deepest = top;
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            while (reader.Read() && reader.CurrentDepth > top) deepest = Math.Max(deepest, reader.CurrentDepth);
        var text = body[start..(int)reader.BytesConsumed];
        if (!text.SequenceEqual(sent.Slice(start, text.Length)))
        {
            request.Warnings.Add("metadata was ignored: NaN and Infinity are no JSON; leave such a value out, or send null.");
            return null;
        }

        if (isObject && text.Length <= MostMetadataBytes && deepest - top <= MostMetadataDepth
            && MetadataText.Read(text) is var clean && Encoding.UTF8.GetByteCount(clean) <= MostMetadataBytes)
            return clean;

        request.Warnings.Add($"metadata was ignored: it must be a JSON object of at most {MostMetadataBytes} bytes and {MostMetadataDepth} levels.");
        return null;
    }

    private static string? ReadEcho(ref Utf8JsonReader reader)
    {
        if (TryText(ref reader, out var text) && InvisibleText.Drop(text) is { Length: > 0 and <= MostText } seen) return seen;
        reader.Skip();
        return null;
    }

    // A loop, because Any() calls a delegate for each character, in every text of every heartbeat.
    private static bool HasControl(string text)
    {
        foreach (var character in text)
            if (char.IsControl(character)) return true;
        return false;
    }

    private static bool TryText(ref Utf8JsonReader reader, out string text)
    {
        text = "";
        if (reader.TokenType != JsonTokenType.String) return false;
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escaped unpaired surrogate: valid JSON, but not valid text.
            return false;
        }
    }
}
