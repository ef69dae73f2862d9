using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace WindowLauncher;

/// <summary>
/// Presses the window's buttons where there is no desktop: "Log in", after half a second "Cancel" where it is asked for, "Start the bot".
/// Tells at the end how often the window could draw itself while it waited.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var server = Environment.GetEnvironmentVariable("QUOTRADING_SERVER");
        var key = Environment.GetEnvironmentVariable("LICENSE_KEY");
        if (string.IsNullOrEmpty(server) || string.IsNullOrEmpty(key))
        {
            Console.Error.WriteLine("Set QUOTRADING_SERVER (https://portal.example.com) and LICENSE_KEY, and start it again.");
            return 1;
        }

        var loop = new MessageLoop();
        SynchronizationContext.SetSynchronizationContext(loop);
        using var window = new LauncherWindow(server, key, Console.WriteLine);
        var drawn = loop.RunUntil(PressAsync(window, cancels: Array.IndexOf(arguments, "--cancel") >= 0));
        Console.WriteLine($"The window drew itself {drawn} times.");
        return 0;
    }

    private static async Task PressAsync(LauncherWindow window, bool cancels)
    {
        var login = window.LogInClickedAsync();
        if (cancels)
        {
            await Task.Delay(500);
            window.CancelClicked();
        }

        await login;
        await window.StartBotClickedAsync();
    }

    /// <summary>What a window's thread has in WPF and Windows Forms: it runs what is posted to it, and draws in between.</summary>
    private sealed class MessageLoop : SynchronizationContext
    {
        private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

        private readonly BlockingCollection<(SendOrPostCallback What, object? State)> posted = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Add((d, state));

        /// <returns>How often it drew.</returns>
        public int RunUntil(Task done)
        {
            var drawn = 0;
            for (; !done.IsCompleted; drawn++)
            {
                if (posted.TryTake(out var next, Frame)) next.What(next.State);
            }

            done.GetAwaiter().GetResult();
            return drawn;
        }
    }
}
