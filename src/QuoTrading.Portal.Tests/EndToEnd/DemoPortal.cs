using System.Diagnostics;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>The demo, as <c>--demo</c> starts it: invented customers and a month behind them, and simulated bots. Disposing it ends it.</summary>
internal sealed class DemoPortal : IAsyncDisposable
{
    private readonly Process process;

    private DemoPortal(Process process) => this.process = process;

    public string Address { get; private set; } = "";

    /// <summary>An administrator's.</summary>
    public string Email { get; private set; } = "";

    public string Password { get; private set; } = "";

    /// <summary>Starts it and reads what it prints for whoever wants to sign in.</summary>
    public static async Task<DemoPortal> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, "--demo", "--urls", "http://127.0.0.1:0"]) { UseShellExecute = false, RedirectStandardOutput = true };
        var demo = new DemoPortal(Process.Start(start)!);
        while (demo.Password.Length == 0)
        {
            var words = (await demo.process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The demo ended before it said whom to sign in as."))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["Open", var address]) demo.Address = address;
            else if (words is ["Sign", "in", var email, ..]) demo.Email = email;
            else if (words is ["Password", var password]) demo.Password = password;
        }

        return demo;
    }

    // Asked to end, and not killed: it deletes its database.
    public async ValueTask DisposeAsync()
    {
        using (var ask = Process.Start("kill", [process.Id.ToString()])) await ask.WaitForExitAsync();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
