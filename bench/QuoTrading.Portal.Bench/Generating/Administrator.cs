using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Logs out sessions and changes the timeout while everything goes on.</summary>
public sealed class Administrator(Course course, IReadOnlyList<Client> clients, Timeouts timeouts, Lot lot)
{
    // A minute is long: not so many that a license has nobody left.
    private const double KeepOutProbability = 0.06;

    private readonly List<(Client Client, string Session)> before = [];

    public async Task RunAsync()
    {
        try
        {
            var nextChange = TimeoutChoice.Lasts(course.Timeout.TotalSeconds, lot);
            var (refuse, nextCopies) = (false, lot.Between(10, 25));
            while (true)
            {
                await course.PauseAsync(lot.Between(0.03, 0.2));
                if (course.Recorder.Now.TotalSeconds > nextChange)
                {
                    await ChangeTimeoutAsync(course, TimeSpan.FromSeconds(TimeoutChoice.Next(timeouts, lot)));
                    nextChange = course.Recorder.Now.TotalSeconds + TimeoutChoice.Lasts(course.Timeout.TotalSeconds, lot);
                }

                if (course.Recorder.Now.TotalSeconds > nextCopies)
                {
                    refuse = !refuse;
                    await ChangeCopiesAsync(refuse);
                    nextCopies = course.Recorder.Now.TotalSeconds + lot.Between(15, 40);
                }

                await LogOutAsync();
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Asks until an answer comes: then it is in force for certain.</summary>
    public static async Task ChangeTimeoutAsync(Course course, TimeSpan timeout)
    {
        await ChangeAsync(course, new { session_timeout_seconds = timeout.TotalSeconds, heartbeat_interval_seconds = 2 }, () => course.Recorder.Change(timeout), course.Recorder.Changed);
        course.Timeout = timeout;
    }

    private Task ChangeCopiesAsync(bool refuse) =>
        ChangeAsync(course, new { copied_devices = refuse ? "refuse" : "report" }, () => course.Recorder.ChangeCopies(refuse), course.Recorder.CopiesChanged);

    private static async Task ChangeAsync(Course course, object settings, Func<int> begin, Action<int> changed)
    {
        while (true)
        {
            var change = begin();
            try
            {
                var (status, text) = await Wire.SendAsync(course.Wire.Administrator, HttpMethod.Put, "/api/admin/settings", settings, CancellationToken.None);
                if (status == 503)
                {
                    await course.PauseAsync(0.2);
                    continue;
                }

                if (status != 200) throw new InvalidOperationException($"The settings were refused: {status} {text}");
                changed(change);
                return;
            }
            catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
            {
                await course.PauseAsync(0.02);
                await course.UntilUpAsync();
            }
        }
    }

    private async Task LogOutAsync()
    {
        var again = before.Count > 0 && lot.Falls(0.1);
        var client = lot.OneOf(clients);
        var (target, session) = again ? lot.OneOf(before) : (client, client.Session!);
        if (session is null) return;
        if (!again) before.Add((target, session));
        if (before.Count > 50) before.RemoveAt(0);

        var keepOut = lot.Falls(KeepOutProbability);
        var operation = course.Recorder.Begin(new Operation
        {
            License = target.License,
            Device = target.Device,
            Ask = Ask.LogOut,
            Named = session,
            KeepsOut = keepOut,
            Sent = course.Recorder.Now,
        });
        try
        {
            course.Recorder.End(operation, await course.Wire.LogOutAsync(session, keepOut, CancellationToken.None));
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
        {
            course.Recorder.End(operation, read: null);
            await course.PauseAsync(0.02);
            await course.UntilUpAsync();
        }
    }
}
