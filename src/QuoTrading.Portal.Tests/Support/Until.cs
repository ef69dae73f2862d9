using Xunit;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Waits for what another thread or process does, for as long as a slow machine may take.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    /// <exception cref="Xunit.Sdk.XunitException">It did not become true.</exception>
    public static Task TrueAsync(Func<bool> isTrue, string what) => TrueAsync(() => Task.FromResult(isTrue()), what);

    /// <summary>In a browser too: what Playwright itself asks again and again is forbidden by the pages' content security policy.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It did not become true.</exception>
    public static async Task TrueAsync(Func<Task<bool>> isTrue, string what)
    {
        var end = TimeProvider.System.GetUtcNow() + Patience;
        while (!await isTrue())
        {
            if (TimeProvider.System.GetUtcNow() > end) Assert.Fail($"It did not happen within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(Pace);
        }
    }
}
