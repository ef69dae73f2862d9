using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>Programs of the machine.</summary>
internal static class Tools
{
    /// <exception cref="NotRunException">It is not installed.</exception>
    public static void Need(string tool)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Append("/usr/sbin").Append("/sbin");
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, tool)))) throw new NotRunException($"{tool} is not installed");
    }

    /// <returns>Null if it went well; else what it said.</returns>
    public static async Task<string?> TryAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : errors.Trim();
    }

    /// <summary>Resident memory of a process, in megabytes.</summary>
    public static int MegabytesOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }
}
