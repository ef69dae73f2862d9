using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>Where the metrics are sent: <c>Portal:Otlp</c>, or the variables of the OpenTelemetry standard.</summary>
/// <param name="Endpoint">The whole address that is posted to.</param>
/// <param name="IsGrpc">Else HTTP with protobuf.</param>
internal sealed record OtlpTarget(Uri Endpoint, bool IsGrpc)
{
    private const string Own = $"{PortalOptions.Section}:Otlp:{nameof(OtlpOptions.Endpoint)}";
    private const string OwnProtocol = $"{PortalOptions.Section}:Otlp:{nameof(OtlpOptions.Protocol)}";
    private const string ForMetrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string ForAll = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Http = "http/protobuf";
    private const string Grpc = "grpc";
    private const string Path = "v1/metrics";

    private static readonly string[] EndpointKeys = [Own, ForMetrics, ForAll];
    private static readonly string[] ProtocolKeys = [OwnProtocol, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];

    /// <returns>Null where nothing is configured: then nothing is sent.</returns>
    /// <exception cref="StartException">A setting is wrong; the message names it.</exception>
    public static OtlpTarget? Read(IConfiguration configuration)
    {
        if (First(configuration, EndpointKeys) is not { } endpoint) return null;
        var isGrpc = First(configuration, ProtocolKeys) switch
        {
            null or { Value: Http } => false,
            { Value: Grpc } => true,
            var other => throw new StartException($"{other.Value.Key} is \"{other.Value.Value}\", but must be {Http} or {Grpc}."),
        };
        if (!Uri.TryCreate(endpoint.Value, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new StartException($"{endpoint.Key} is \"{endpoint.Value}\", but must be the address of a collector, like http://127.0.0.1:4318.");

        // As the standard has it: the variable for metrics alone names the whole address.
        return isGrpc || endpoint.Key == ForMetrics || uri.AbsolutePath.EndsWith(Path, StringComparison.Ordinal)
            ? new OtlpTarget(uri, isGrpc)
            : new OtlpTarget(new Uri($"{uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{Path}{uri.Query}"), isGrpc);
    }

    private static (string Key, string Value)? First(IConfiguration configuration, string[] keys)
    {
        foreach (var key in keys)
            if (configuration[key]?.Trim() is { Length: > 0 } value) return (key, value);
        return null;
    }
}

/// <summary>The section <c>Portal:Otlp</c>.</summary>
[SettingsSection("Otlp")]
internal sealed class OtlpOptions
{
    /// <summary>The address of a collector; without it nothing is sent.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>http/protobuf</c> or <c>grpc</c>.</summary>
    public string? Protocol { get; set; }
}
