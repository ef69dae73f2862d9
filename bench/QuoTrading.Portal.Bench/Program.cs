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
            default:
                await Console.Error.WriteLineAsync("""
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- check [--operations N] [--seed S] [--licenses L]
                    dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- mutants [NAME …] [--operations N] [--seed S] [--licenses L]
                    """);
                return 2;
        }
    }
}
