using QuoTrading.Portal.Bench;

return args switch
{
    ["check", .. var rest] => await CheckCommand.RunAsync(rest),
    _ => Fail(),
};

static int Fail()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- check [--operations N] [--seed S]
        dotnet run -c Release --project bench/QuoTrading.Portal.Bench -- mutants [name]
        """);
    return 2;
}
