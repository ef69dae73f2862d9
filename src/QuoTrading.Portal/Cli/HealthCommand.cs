using System.CommandLine;
using QuoTrading.Portal.Api;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Cli;

/// <summary><c>health</c>: for the health check of a container; the image needs no curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "The server's address. Without it: where a server with the same settings listens." };
        url.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IsAddress(text)) result.AddError($"--url {text} is no address; write it like --url http://localhost:5080.");
        });
        var command = new Command("health", "Asks a running server whether it answers. Exit code 0: yes, 1: no.") { url };
        command.SetAction((given, cancel) =>
        {
            // Reads the settings like the server, without starting one.
            var settings = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ContentRoot.Find() }).Configuration;
            return RunAsync(new Uri(given.GetValue(url) ?? DefaultAddress.ToAsk(settings)), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Uri server, CancellationToken cancel)
    {
        var asked = new Uri(server, Health.LivePath);
        // A proxy that the environment sets is for requests to other machines, not to this one.
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(asked, cancel);
            if (!answer.IsSuccessStatusCode) return await CommandLine.FailAsync($"{asked} answered {(int)answer.StatusCode}.");
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync(cancel));
            return 0;
        }
        catch (HttpRequestException failure)
        {
            return await CommandLine.FailAsync($"{asked} does not answer: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            return await CommandLine.FailAsync($"{asked} did not answer within {Limit.TotalSeconds} s.");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}
