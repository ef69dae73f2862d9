using System;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using QuoTrading;

namespace ConsoleBot;

/// <summary>
/// A bot on the command line, complete. It ends with 0 by Ctrl+C or SIGTERM, with 1 where it was not told what it needs, with 2 where it gets no
/// license, and with 3 where it loses it.
/// </summary>
internal static class Program
{
    private static async Task<int> Main()
    {
        var server = Environment.GetEnvironmentVariable("QUOTRADING_SERVER");
        var key = Environment.GetEnvironmentVariable("LICENSE_KEY");
        if (string.IsNullOrEmpty(server) || string.IsNullOrEmpty(key))
        {
            Console.Error.WriteLine("Set QUOTRADING_SERVER (https://portal.example.com) and LICENSE_KEY, and start it again.");
            return 1;
        }

        var stop = new TaskCompletionSource();
        void End(PosixSignalContext signal) => signal.Cancel = stop.TrySetResult(); // the second one ends it at once
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            // The bot ends in its own way, so signals are left to it.
            await using var license = new LicenseSession(server, key, new LicenseOptions { App = "bot", Symbol = "ES", ReleaseOnSignals = false });
            license.StateChanged += (_, told) => Console.WriteLine($"License: {told.State}. {told.Reason?.Message}");
            return await RunAsync(license, stop.Task);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(LicenseSession license, Task stop)
    {
        if (!await license.LogInAsync())
        {
            Console.Error.WriteLine(license.Reason?.Message);
            return 2;
        }

        while (!license.IsOver && !stop.IsCompleted)
        {
            if (license.MayOpen)
            {
                // Open positions only in here; never close one only in here.
            }

            license.Update(metadata: new { session_pnl = 0.0, current_position = 0 });
            await Task.WhenAny(stop, Task.Delay(1000));
        }

        if (stop.IsCompleted) return 0;
        Console.WriteLine($"Trading has stopped. {license.Reason?.Message}");
        return 3;
    }
}
