using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Demo;

/// <summary>The simulated launchers and bots. They use real HTTP, from when the portal listens until it stops.</summary>
internal sealed class DemoFleet(DemoData data, IServer server, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        try
        {
            await listening.Task.WaitAsync(stoppingToken);
            var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(10) };
            await Task.WhenAll(Clients(http).Select(client => client(stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private IEnumerable<Func<CancellationToken, Task>> Clients(HttpClient http)
    {
        var number = 0;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var customer in data.Customers)
        {
            if (customer.Habit == DemoHabit.Asleep && number++ % 3 > 0) continue;
            if (!customer.IsUsable(now) && number++ % 2 > 0) continue;
            foreach (var symbol in customer.Machines[0].Symbols) yield return Create(http, customer, customer.Machines[0], symbol, number++).RunAsync;
            foreach (var other in customer.Machines.Skip(1))
            {
                var client = Create(http, customer, other, other.Symbols[0], number++);
                yield return customer.Habit == DemoHabit.Sharer ? client.InsistAsync : client.RunAsync;
            }
        }

        // A device that tries random keys.
        var machine = new DemoMachine("UNKNOWN", DemoNames.Fingerprint("guesser"), "192.0.2.251", ["ES"]);
        for (var i = 0; i < 3; i++)
            yield return Create(http, data.Customers[0] with { Key = LicenseKey.Create() }, machine, "ES", number++).InsistAsync;
    }

    private DemoClient Create(HttpClient http, DemoCustomer customer, DemoMachine machine, string symbol, int seed) => new(http, customer, machine, symbol, new Random(seed), time);
}
