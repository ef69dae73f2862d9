using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
#if NET8_0_OR_GREATER
using System.Runtime.InteropServices;
#endif

namespace QuoTrading;

/// <summary>
/// The end of the program: what still holds a license gives it back. A program that catches a signal itself, and was there first, is left
/// to end in its own way.
/// </summary>
internal static class LicenseExit
{
    private static readonly HashSet<LicenseSession> Open = [];
    private static bool watching, catching;
#if NET8_0_OR_GREATER
    private static PosixSignalRegistration[] signals = []; // they last as long as they are kept
#endif

    public static void Watch(LicenseSession session, bool onSignals)
    {
        lock (Open)
        {
            Open.Add(session);
            if (!watching) AppDomain.CurrentDomain.ProcessExit += (_, _) => ReleaseAll(_ => true);
            watching = true;
            if (onSignals && !catching) CatchSignals();
            catching |= onSignals;
        }
    }

    public static void Forget(LicenseSession session)
    {
        lock (Open) Open.Remove(session);
    }

    private static void CatchSignals()
    {
        try
        {
#if NET8_0_OR_GREATER
            signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal =>
                PosixSignalRegistration.Create(signal, context => OnSignal(context.Cancel)))];
#else
            Console.CancelKeyPress += (_, pressed) => OnSignal(pressed.Cancel);
#endif
        }
        catch (Exception fault) when (fault is PlatformNotSupportedException or System.IO.IOException or InvalidOperationException)
        {
            // A system without them.
        }
    }

    private static void OnSignal(bool isCaught)
    {
        if (!isCaught) ReleaseAll(session => session.ReleasesOnSignals);
    }

    private static void ReleaseAll(Func<LicenseSession, bool> which)
    {
        LicenseSession[] sessions;
        lock (Open) sessions = [.. Open.Where(which)];
        Task.WaitAll([.. sessions.Select(session => session.ReleaseAsync())], LicenseSession.LongestFarewell);
    }
}
