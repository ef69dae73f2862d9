namespace QuoTrading.Portal.Bench;

/// <summary>The commands of this program.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["check", .. var rest]:
                return await CheckCommand.RunAsync(rest);
            case ["mutants", .. var rest]:
                return await MutantsCommand.RunAsync(rest);
            case ["fill", .. var rest]:
                return await FillCommand.RunAsync(rest);
            case ["lists", .. var rest]:
                return await ListsCommand.RunAsync(rest);
            case ["faults", .. var rest]:
                return await FaultsCommand.RunAsync(rest);
            case ["hold-lock", var file, var seconds]:
                return await Faults.LockHolder.RunAsync(file, seconds);
            case ["floor", var port]:
                return await Speed.Floor.RunAsync(port);
            case ["hold-streams", var port, var keys, var from, var count]:
                return await Speed.StreamHolder.RunAsync(port, keys, from, count);
            case [var scenario, .. var rest] when SpeedCommand.Knows(scenario):
                return await SpeedCommand.RunAsync(scenario, ListsCommand.Text(rest, "--program"));
            default:
                await Console.Error.WriteLineAsync("""
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- all | quick | heartbeats | connections | logins | slow-disk | races | weekend | dashboards | streams | large [--program PATH]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- check [--operations N] [--seed S] [--licenses L] [--timeouts short|long|mixed]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- mutants [NAME …] [--operations N] [--seed S] [--licenses L] [--timeouts short|long|mixed]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- faults [NAME …] [--seed S]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- fill --database PATH [--history N] [--events N] [--licenses N] [--seed S]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- lists --database PATH [--runs N]
                    """);
                return 2;
        }
    }
}
