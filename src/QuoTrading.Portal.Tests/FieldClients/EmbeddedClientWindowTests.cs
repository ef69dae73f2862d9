using System.Diagnostics;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>B6, B20, B22, B35: the C# client in a program with a window, whose thread may be busy, and with handlers that fail.</summary>
public sealed class EmbeddedClientWindowTests : IAsyncLifetime
{
    private readonly string profile = Directory.CreateTempSubdirectory("profile-").FullName;
    private readonly List<string> log = [];
    private ScriptedServer server = null!;

    public async ValueTask InitializeAsync() => server = await ScriptedServer.StartAsync([new StreamScript(), new StreamScript(), new StreamScript()]);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(profile, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_window_that_is_busy_closes_without_being_waited_for(bool asynchronously)
    {
        var posted = 0;
        var client = Client();
        var window = OnWindow(() => Interlocked.Increment(ref posted), () =>
        {
            Assert.True(client.LogInAsync().GetAwaiter().GetResult(), client.Lost);
            if (asynchronously) client.DisposeAsync().AsTask().Wait();
            else client.Dispose();
        });

        await window.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(0, posted); // nothing waits for its turn there
        Assert.Equal(1, server.Count("/api/session/release"));
        Assert.False(client.MayOpen);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_keeps_no_window_open()
    {
        var client = Client();
        Assert.True(await client.LogInAsync(), client.Lost);
        server.Release = ScriptedServer.HangAsync;
        var watch = new Stopwatch();

        await OnWindow(() => 0, () =>
        {
            watch.Start();
            client.Dispose();
            watch.Stop();
        });

        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3.5);
    }

    [Fact]
    public async Task Events_come_on_the_pool_and_one_that_fails_harms_nothing()
    {
        var told = new TaskCompletionSource<(bool OnPool, LicenseState State)>();
        await using var client = Client();
        client.StateChanged += (_, _) => throw new InvalidOperationException("SECRET");
        client.StateChanged += (_, now) => told.TrySetResult((Thread.CurrentThread.IsThreadPoolThread && SynchronizationContext.Current is null, now.State));

        await OnWindow(() => 0, () => Assert.True(client.LogInAsync().GetAwaiter().GetResult(), client.Lost));

        Assert.Equal((true, LicenseState.Held), await told.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await Until.TrueAsync(() => Lines().Any(line => line.Contains("InvalidOperationException", StringComparison.Ordinal)), "it is logged");
        Assert.DoesNotContain(Lines(), line => line.Contains("SECRET", StringComparison.Ordinal));
        Assert.True(client.MayOpen);
    }

    [Fact]
    public async Task A_release_ends_a_login_that_is_under_way_and_gives_back_what_it_may_have_got()
    {
        server.LogIn = ScriptedServer.HangAsync;
        await using var client = Client();
        var login = client.LogInAsync();
        await Until.TrueAsync(() => server.Count("/api/main") == 1, "it asks");

        Assert.True(await client.ReleaseAsync());

        Assert.False(await login);
        Assert.Equal(1, server.Count("/api/session/release"));
        Assert.Equal((true, LicenseReasonCode.Released), (client.IsOver, client.Reason?.Code));
    }

    [Fact]
    public async Task A_login_that_its_caller_cancels_gives_back_what_it_may_have_got()
    {
        server.LogIn = ScriptedServer.HangAsync;
        await using var client = Client();
        using var cancel = new CancellationTokenSource();
        var login = client.LogInAsync(cancellationToken: cancel.Token);
        await Until.TrueAsync(() => server.Count("/api/main") == 1, "it asks");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);
        Assert.Equal(1, server.Count("/api/session/release"));
    }

    [Fact]
    public async Task Where_another_session_of_the_process_holds_it_nothing_is_given_back_and_the_answer_is_no()
    {
        await using var first = Client();
        await using var second = Client();
        Assert.True(await first.LogInAsync() && await second.LogInAsync(), first.Lost ?? second.Lost);

        Assert.False(await first.ReleaseAsync());
        Assert.Equal(0, server.Count("/api/session/release"));
        Assert.True(second.MayOpen);
        Assert.True(await second.ReleaseAsync());
        Assert.True(await second.ReleaseAsync()); // twice is harmless
        Assert.Equal(1, server.Count("/api/session/release"));
    }

    [Fact]
    public async Task After_a_refusal_a_person_may_log_in_again()
    {
        server.LogIn = ScriptedServer.RefuseAsync;
        await using var client = Client();
        Assert.False(await client.LogInAsync());
        Assert.Equal((LicenseState.Lost, LicenseReasonCode.SessionConflict), (client.State, client.Reason?.Code));

        server.LogIn = ScriptedServer.GrantAsync;
        Assert.True(await client.LogInAsync());
        Assert.Equal((LicenseState.Held, true, null), (client.State, client.MayOpen, client.Reason));
    }

    [Fact]
    public void What_cannot_be_sent_is_left_out_and_logged()
    {
        using var client = Client();
        client.Update(status: "asleep", metadata: new { pnl = double.NaN });
        client.Update(metadata: "no object");
        client.Update(metadata: new { text = new string('x', 9000) });

        Assert.True(SpinWait.SpinUntil(() => Lines().Length == 4, TimeSpan.FromSeconds(20)), string.Join('\n', Lines()));
    }

    private LicenseSession Client() => new(server.Address.OriginalString, "key", new LicenseOptions { ProfileFolder = profile, Log = Note }) { Fence = { Pause = 60 } };

    private void Note(string line)
    {
        lock (log) log.Add(line);
    }

    private string[] Lines()
    {
        lock (log) return [.. log];
    }

    /// <summary>On a thread with a context that never runs what is posted to it.</summary>
    private static Task OnWindow(Func<int> onPost, Action what)
    {
        var done = new TaskCompletionSource();
        new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new BusyContext(onPost));
            try
            {
                what();
                done.SetResult();
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        }).Start();
        return done.Task;
    }

    private sealed class BusyContext(Func<int> onPost) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => onPost();
    }
}
