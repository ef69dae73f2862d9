using OpenTelemetry.Exporter;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Metrics;

/// <summary>Where metrics, or traces, are sent: <c>Portal:Otlp</c>, or the variables of the OpenTelemetry standard.</summary>
/// <param name="Endpoint">The complete address for the requests.</param>
/// <param name="IsGrpc">False: HTTP with protobuf.</param>
internal sealed record OtlpTarget(Uri Endpoint, bool IsGrpc)
{
    private const string Own = $"{PortalOptions.Section}:Otlp:{nameof(OtlpOptions.Endpoint)}";
    private const string OwnProtocol = $"{PortalOptions.Section}:Otlp:{nameof(OtlpOptions.Protocol)}";
    private const string Http = "http/protobuf";
    private const string Grpc = "grpc";

    /// <summary>The signals, as named in the standard's variables and paths.</summary>
    public const string Metrics = "metrics", Traces = "traces";

    /// <param name="signal"><see cref="Metrics"/> or <see cref="Traces"/>.</param>
    /// <returns>Null if nothing is configured: then nothing is sent.</returns>
    /// <exception cref="StartException">A setting is wrong; the message names it.</exception>
    public static OtlpTarget? Read(IConfiguration configuration, string signal)
    {
        var forSignal = $"OTEL_EXPORTER_OTLP_{signal.ToUpperInvariant()}_ENDPOINT";
        if (First(configuration, Own, forSignal, "OTEL_EXPORTER_OTLP_ENDPOINT") is not { } endpoint) return null;
        var isGrpc = First(configuration, OwnProtocol, $"OTEL_EXPORTER_OTLP_{signal.ToUpperInvariant()}_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL") switch
        {
            null or { Value: Http } => false,
            { Value: Grpc } => true,
            var other => throw new StartException($"{other.Value.Key} is \"{other.Value.Value}\", but must be {Http} or {Grpc}."),
        };
        if (!Uri.TryCreate(endpoint.Value, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new StartException($"{endpoint.Key} is \"{endpoint.Value}\", but must be the address of a collector, like http://127.0.0.1:4318.");

        // According to the standard, the variable for one signal contains the complete address.
        if (isGrpc || endpoint.Key == forSignal) return new OtlpTarget(uri, isGrpc);
        var address = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        foreach (var whole in new[] { Metrics, Traces })
            if (address.EndsWith($"/v1/{whole}", StringComparison.Ordinal)) address = address[..^$"/v1/{whole}".Length];
        return new OtlpTarget(new Uri($"{address}/v1/{signal}{uri.Query}"), isGrpc);
    }

    public void Apply(OtlpExporterOptions options) => (options.Endpoint, options.Protocol) = (Endpoint, IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf);

    private static (string Key, string Value)? First(IConfiguration configuration, params string[] keys)
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
    /// <summary>The address of a collector; without it the variables of the standard apply.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>http/protobuf</c> or <c>grpc</c>.</summary>
    public string? Protocol { get; set; }
}
