using System;
using System.Threading;
using System.Threading.Tasks;
using QuoTrading;

namespace WindowLauncher;

/// <summary>
/// A launcher's window: what its buttons do. In WPF it derives from Window, in Windows Forms from Form, <see cref="Draw"/> sets a label's
/// text, the handlers are <c>async void</c> with <c>(object sender, EventArgs e)</c>, and the thread and its context are there already. All else stays.
/// </summary>
/// <param name="server">The portal's address.</param>
/// <param name="key">The license key, as it stands in a text box.</param>
/// <param name="draw">Shows a text; only ever called on the window's thread.</param>
internal sealed class LauncherWindow(string server, string key, Action<string> draw) : IDisposable
{
    private readonly SynchronizationContext window = SynchronizationContext.Current ?? throw new InvalidOperationException("Make it on the window's thread.");
    private LicenseSession? license;
    private CancellationTokenSource? login;

    /// <summary>The button "Log in". The window goes on drawing meanwhile, and "Cancel" can be pressed.</summary>
    public async Task LogInClickedAsync()
    {
        if (license is null)
        {
            license = new LicenseSession(server, key, new LicenseOptions { App = "launcher" });
            // Events come on a thread of the pool; what is drawn is drawn here. (WPF: Dispatcher.BeginInvoke; Windows Forms: BeginInvoke.)
            license.StateChanged += (_, told) => window.Post(_ => Draw($"The license is {told.State}. {told.Reason?.Message}"), null);
        }

        using var cancel = login = new CancellationTokenSource();
        try
        {
            Draw("Logging in ...");
            if (!await license.LogInAsync(TimeSpan.FromSeconds(20), cancel.Token)) Draw(license.Reason?.Message ?? "");
        }
        catch (OperationCanceledException)
        {
            Draw("Cancelled.");
        }
        finally
        {
            login = null;
        }
    }

    /// <summary>The button "Cancel".</summary>
    public void CancelClicked() => login?.Cancel();

    /// <summary>The button "Start the bot": the bot's login goes on with the session, and the window may close.</summary>
    public async Task StartBotClickedAsync()
    {
        if (license is null || !license.MayOpen) return;
        Draw(await license.HandOverAsync() ? "The bot has the license." : "The license server has not answered.");
    }

    /// <summary>When the window closes: 3 s at most, on its own thread, whatever that is busy with.</summary>
    public void Dispose() => license?.Dispose();

    private void Draw(string text) => draw(text);
}
