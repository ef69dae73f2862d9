using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Metrics;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating;

public sealed class OtlpTests
{
    [Fact]
    public async Task A_collector_gets_the_portal_s_metrics_and_those_of_its_server_and_runtime()
    {
        await using var collector = await Collector.StartAsync();
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Otlp:Endpoint"] = collector.Address });
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        var export = portal.Services.GetRequiredService<OtlpExport>();
        // A request's duration is known a moment after its answer.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            export.Flush();
        }
        while (!collector.Body.Contains("http.server.request.duration", StringComparison.Ordinal));

        Assert.Equal(("/v1/metrics", "application/x-protobuf"), (collector.Path, collector.ContentType));
        foreach (var told in new[] { "quotrading-portal", "QuoTrading.Portal", "portal.logins", "accepted", "portal.heartbeats", "portal.store.available", "{session}", "http.server.request.duration", "dotnet.gc.collections" })
            Assert.Contains(told, collector.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_counted_last_is_sent_when_the_portal_stops()
    {
        await using var collector = await Collector.StartAsync();
        await (await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Otlp:Endpoint"] = collector.Address })).DisposeAsync();
        await Until.TrueAsync(() => collector.Body.Contains("portal.sessions.live", StringComparison.Ordinal), "the collector has it");
    }

    [Fact]
    public async Task A_collector_gets_traces_of_requests_with_how_they_were_decided_and_committed()
    {
        await using var collector = await Collector.StartAsync();
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Portal:Otlp:Endpoint"] = collector.Address,
            ["OTEL_TRACES_SAMPLER"] = "always_on",
        });
        await new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint).StartAsync();
        using var page = await portal.Http.GetAsync(new Uri("/setup?code=secret-in-the-query", UriKind.Relative));
        var export = portal.Services.GetRequiredService<OtlpExport>();
        var told = new[] { "quotrading-portal", "Microsoft.AspNetCore.Hosting.HttpRequestIn", "http.request.method", "url.path", "/api/", "QuoTrading.Portal", "unit", "decide", "commit", "/setup" };
        await Until.TrueAsync(() =>
        {
            export.Flush();
            return told.All(text => collector.Traces.Contains(text, StringComparison.Ordinal));
        }, "the collector has them");
        Assert.Contains(portal.Logs.Of(LogLevel.Information), line => line.Contains($"Traces are sent to {collector.Address}/v1/traces.", StringComparison.Ordinal));
        Assert.DoesNotContain("secret-in-the-query", collector.Traces, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_sent_unless_an_endpoint_is_named() => Assert.Null(Read());

    [Theory]
    [InlineData("http://c:4318/v1/traces", false, "Portal:Otlp:Endpoint=http://c:4318")]
    [InlineData("http://c:4318/v1/traces", false, "Portal:Otlp:Endpoint=http://c:4318/v1/metrics")]
    [InlineData("http://c:4318/v1/traces?a=b", false, "Portal:Otlp:Endpoint=http://c:4318/v1/traces?a=b")]
    [InlineData("http://c:4317/", true, "Portal:Otlp:Endpoint=http://c:4317", "Portal:Otlp:Protocol=grpc")]
    [InlineData("https://d/v1/traces", false, "OTEL_EXPORTER_OTLP_ENDPOINT=https://d", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://c/x")]
    [InlineData("https://c/x", true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c/x", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc")]
    public void Traces_go_where_the_metrics_go_unless_the_standard_s_variables_part_them(string endpoint, bool isGrpc, params string[] settings) =>
        Assert.Equal(new OtlpTarget(new Uri(endpoint), isGrpc), Read(settings, OtlpTarget.Traces));

    [Fact]
    public void A_variable_for_metrics_alone_sends_no_traces() => Assert.Null(Read(["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://c/x"], OtlpTarget.Traces));

    [Theory]
    [InlineData("http://c:4318/v1/metrics", false, "Portal:Otlp:Endpoint=http://c:4318")]
    [InlineData("http://c:4318/otlp/v1/metrics", false, "Portal:Otlp:Endpoint=http://c:4318/otlp/")]
    [InlineData("http://c:4318/v1/metrics", false, "Portal:Otlp:Endpoint=http://c:4318/v1/metrics")]
    [InlineData("http://c:4317/", true, "Portal:Otlp:Endpoint=http://c:4317", "Portal:Otlp:Protocol=grpc")]
    [InlineData("https://c/v1/metrics", false, "OTEL_EXPORTER_OTLP_ENDPOINT=https://c")]
    [InlineData("https://c/x", false, "OTEL_EXPORTER_OTLP_ENDPOINT=https://d", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://c/x")]
    [InlineData("https://c/", true, "OTEL_EXPORTER_OTLP_ENDPOINT=https://c", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")]
    [InlineData("http://c:4318/v1/metrics", false, "OTEL_EXPORTER_OTLP_ENDPOINT=https://d", "Portal:Otlp:Endpoint=http://c:4318")]
    public void The_portal_s_own_setting_goes_before_the_standard_s(string endpoint, bool isGrpc, params string[] settings) =>
        Assert.Equal(new OtlpTarget(new Uri(endpoint), isGrpc), Read(settings));

    [Theory]
    [InlineData("Portal:Otlp:Endpoint is \"collector:4318\"", "Portal:Otlp:Endpoint=collector:4318")]
    [InlineData("Portal:Otlp:Endpoint is \"/tmp\"", "Portal:Otlp:Endpoint=/tmp")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT is \"ftp://c\"", "OTEL_EXPORTER_OTLP_ENDPOINT=ftp://c")]
    [InlineData("Portal:Otlp:Protocol is \"json\"", "Portal:Otlp:Endpoint=http://c", "Portal:Otlp:Protocol=json")]
    public void A_wrong_one_stops_the_start_with_a_sentence_that_names_it(string says, params string[] settings)
    {
        var refusal = Assert.Throws<StartException>(() => Read(settings));
        Assert.StartsWith(says, refusal.Message, StringComparison.Ordinal);
    }

    private static OtlpTarget? Read(params string[] settings) => Read(settings, OtlpTarget.Metrics);

    private static OtlpTarget? Read(string[] settings, string signal) => OtlpTarget.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1], StringComparer.Ordinal)).Build(), signal);

    /// <summary>Takes what is posted; keeps the last of the metrics, and all traces.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public string? Path { get; private set; }

        public string? ContentType { get; private set; }

        public string Body { get; private set; } = "";

        public string Traces { get; private set; } = "";

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/{**path}", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                var text = Encoding.Latin1.GetString(body.ToArray());
                if (request.Path == "/v1/traces") collector.Traces += text;
                else (collector.Path, collector.ContentType, collector.Body) = (request.Path, request.ContentType, text);
            });
            await app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
