using System;
using System.Threading;
using System.Threading.Tasks;
using QuoTrading;

namespace FrameworkBot
{
    /// <summary>A bot for .NET Framework: the same as the one in ../Console, by what its language has.</summary>
    internal static class Program
    {
        private static int Main()
        {
            return RunAsync().GetAwaiter().GetResult();
        }

        private static async Task<int> RunAsync()
        {
            var server = Environment.GetEnvironmentVariable("QUOTRADING_SERVER") ?? "";
            var key = Environment.GetEnvironmentVariable("LICENSE_KEY") ?? "";
            try
            {
                using (var license = new LicenseSession(server, key, new LicenseOptions { App = "bot", Symbol = "ES" }))
                {
                    license.StateChanged += (sender, told) => Console.WriteLine("License: " + told.State + ". " + told.Reason?.Message);
                    if (!await license.LogInAsync(TimeSpan.FromSeconds(20), CancellationToken.None).ConfigureAwait(false))
                    {
                        Console.Error.WriteLine(license.Reason.Message);
                        return 2;
                    }

                    while (!license.IsOver)
                    {
                        if (license.MayOpen)
                        {
                            // Open positions only in here; never close one only in here.
                        }

                        license.Update(metadata: new { session_pnl = 0.0, current_position = 0 });
                        await Task.Delay(1000).ConfigureAwait(false);
                    }

                    Console.WriteLine("Trading has stopped. " + license.Reason.Message);
                    return 3;
                }
            }
            catch (ArgumentException wrong)
            {
                Console.Error.WriteLine(wrong.Message);
                return 1;
            }
        }
    }
}
