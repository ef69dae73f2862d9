using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>A license server that says to an embedded client what a test tells it to.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private const string Session = "01a1ff58-4cfb-7fff-acf0-f39004879ecc";

    private readonly WebApplication app;
    private readonly Lock changing = new();
    private readonly List<(string Path, string Connection)> requests = [];
    private readonly Queue<StreamScript> streams = new();

    private ScriptedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Streams that are still open need not be waited for.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>What a heartbeat is answered; by default it is granted.</summary>
    public Func<HttpContext, Task> Heartbeat { get; set; } = GrantAsync;

    /// <summary>What a login is answered; by default it is granted.</summary>
    public Func<HttpContext, Task> LogIn { get; set; } = GrantAsync;

    /// <summary>What a release is answered; by default it is granted.</summary>
    public Func<HttpContext, Task> Release { get; set; } = GrantAsync;

    /// <param name="streams">What requests for a stream get, one after the other; the next are refused.</param>
    public static async Task<ScriptedServer> StartAsync(IEnumerable<StreamScript> streams)
    {
        var server = new ScriptedServer();
        foreach (var stream in streams) server.streams.Enqueue(stream);
        await server.app.StartAsync();
        return server;
    }

    public static Task GrantAsync(HttpContext context) => context.Response.WriteAsJsonAsync(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["status"] = "success",
        ["session_id"] = Session,
        ["heartbeat_interval_seconds"] = 60,
        ["session_timeout_seconds"] = 180,
    });

    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = 403;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["status"] = "error",
            ["code"] = "session_conflict",
            ["session_conflict"] = true,
            ["message"] = "License already in use on another device",
        });
    }

    /// <summary>It was read, and its answer is lost.</summary>
    public static Task LoseAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Until the client gives up.</summary>
    public static async Task HangAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // It has.
        }
    }

    public int Count(string path)
    {
        lock (changing) return requests.Count(request => request.Path == path);
    }

    /// <summary>One for each request, in their order.</summary>
    public IReadOnlyList<string> Connections()
    {
        lock (changing) return [.. requests.Select(request => request.Connection)];
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        StreamScript? stream = null;
        lock (changing)
        {
            requests.Add((context.Request.Path.Value!, context.Connection.Id));
            if (context.Request.Path == "/api/session/stream") streams.TryDequeue(out stream);
        }

        if (stream is not null) await stream.ServeAsync(context, Session);
        else if (context.Request.Path == "/api/session/stream") context.Response.StatusCode = 429;
        else if (context.Request.Path == "/api/heartbeat") await Heartbeat(context);
        else if (context.Request.Path == "/api/main") await LogIn(context);
        else if (context.Request.Path == "/api/session/release") await Release(context);
        else await GrantAsync(context);
    }
}

/// <summary>A session stream that is silent but for what it is told to say, whatever it promises; an older server promises nothing.</summary>
public sealed class StreamScript(double grace = 5, double? keepalive = 2, bool isSilent = false)
{
    private readonly Channel<string> said = Channel.CreateUnbounded<string>();

    public void Say(string what = ":\n\n") => said.Writer.TryWrite(what);

    /// <summary>Properly, as a server does that stops.</summary>
    public void End() => said.Writer.Complete();

    public async Task ServeAsync(HttpContext context, string session)
    {
        var promise = keepalive is { } every ? $",\"keepalive_seconds\":{every}" : "";
        context.Response.ContentType = "text/event-stream";
        try
        {
            if (!isSilent) await context.Response.WriteAsync($"event: hello\ndata: {{\"session_id\":\"{session}\",\"disconnect_grace_seconds\":{grace}{promise}}}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await foreach (var what in said.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(what, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has given it up.
        }
    }
}
