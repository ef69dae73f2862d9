namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>Samples of a first bot, with the portal's own address and public keys: complete programs that run unchanged.</summary>
internal static class AuthorSamples
{
    /// <param name="server">The portal's address, without a slash at its end.</param>
    /// <param name="keys">The portal's public keys, in the format that clients take; empty if it has none.</param>
    public static string Python(string server, IReadOnlyList<string> keys) => $$"""
        import os, signal, sys, time
        from quotrading_license import LicenseSession

        # The portal's public keys: nothing else is believed.
        KEYS = {{Listed(keys, "None")}}

        # Without this line SIGTERM (systemctl stop, docker stop) ends Python on the spot, and no "finally" closes a position.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

        license_key = os.environ.get("LICENSE_KEY", "")
        if not license_key:
            sys.exit("Set LICENSE_KEY to your license key, and start it again.")

        with LicenseSession("{{server}}", license_key, app="bot", symbol="ES", keys=KEYS, single_instance=True) as session:
            if not session.login():
                sys.exit(session.message)
            try:
                while not session.over:
                    if session.may_open():
                        pass  # yours: open positions only in here; never close one only in here
                    session.update(metadata={"session_pnl": 0.0, "current_position": 0})
                    time.sleep(1)
                print(session.message)  # why it ended
            except KeyboardInterrupt:
                print("Stopped.")
            finally:
                pass  # yours: close what is open
        """;

    /// <inheritdoc cref="Python"/>
    public static string CSharp(string server, IReadOnlyList<string> keys) => $$"""
        using System;
        using System.Runtime.InteropServices;
        using System.Threading;
        using System.Threading.Tasks;
        using QuoTrading;

        // The portal's public keys: nothing else is believed.
        string[]? keys = {{Listed(keys, "null")}};

        // Ctrl+C and SIGTERM end the loop below and not the program, so that positions are closed; the license is released after that.
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        var licenseKey = Environment.GetEnvironmentVariable("LICENSE_KEY");
        if (string.IsNullOrEmpty(licenseKey))
        {
            Console.Error.WriteLine("Set LICENSE_KEY to your license key, and start it again.");
            return 1;
        }

        var options = new LicenseOptions { App = "bot", Symbol = "ES", Keys = keys, SingleInstance = true, ReleaseOnSignals = false };
        await using var session = new LicenseSession("{{server}}", licenseKey, options);
        try
        {
            if (!await session.LogInAsync(cancellationToken: stop.Token))
            {
                Console.Error.WriteLine(session.Reason?.Message);
                return 2;
            }

            while (!session.IsOver)
            {
                if (session.MayOpen) { } // yours: open positions only in here; never close one only in here
                session.Update(metadata: new { session_pnl = 0.0, current_position = 0 });
                await Task.Delay(1000, stop.Token);
            }

            Console.WriteLine(session.Reason?.Message); // why it ended
            return 3;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped.");
            return 0;
        }
        finally
        {
            // yours: close what is open
        }
        """;

    private static string Listed(IReadOnlyList<string> keys, string none) =>
        keys.Count == 0 ? none : $"[{string.Concat(keys.Select(key => $"\n    \"{key}\","))}\n]";
}
