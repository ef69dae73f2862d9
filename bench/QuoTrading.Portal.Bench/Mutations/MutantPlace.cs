using System.Diagnostics;

namespace QuoTrading.Portal.Bench.Mutations;

/// <summary>A copy of the portal's source in a folder of its own, where one mutation after the other is built.</summary>
public sealed class MutantPlace : IDisposable
{
    private static readonly string[] RootFiles = ["Directory.Build.props", "Directory.Packages.props", ".editorconfig", "global.json", "BannedSymbols.txt", "appsettings.json", "QuoTrading.Portal.sln", "docs/client-api.md"];
    private static readonly string[] Folders = ["build", "wwwroot", "clients/python", "src/QuoTrading.Portal"];

    private readonly string root = FindRoot();
    private readonly string place = Directory.CreateTempSubdirectory("portal-mutants-").FullName;

    public MutantPlace()
    {
        foreach (var file in RootFiles)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(place, file))!);
            File.Copy(Path.Combine(root, file), Path.Combine(place, file));
        }

        foreach (var folder in Folders)
        {
            var from = Path.Combine(root, folder);
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var below = Path.GetRelativePath(from, file);
                if (below.StartsWith("bin", StringComparison.Ordinal) || below.StartsWith("obj", StringComparison.Ordinal)) continue;
                var to = Path.Combine(place, folder, below);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }
    }

    /// <summary>Plants one mutation, and builds.</summary>
    /// <returns>The portal's assembly.</returns>
    /// <exception cref="InvalidOperationException">The text to replace is not there exactly once, or it does not build.</exception>
    public async Task<string> BuildAsync(Mutation mutation)
    {
        var originals = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var edit in mutation.Edits)
            {
                var file = Path.Combine(place, Folders[^1], edit.File);
                var text = await File.ReadAllTextAsync(file);
                originals.TryAdd(file, text);
                await File.WriteAllTextAsync(file, Plant(mutation, edit, text));
            }

            return await BuildAsync();
        }
        finally
        {
            foreach (var (file, text) in originals) await File.WriteAllTextAsync(file, text);
        }
    }

    /// <summary>Runs test classes against what was built last: a copy of the tests as they are built, with the mutant's assembly in it.</summary>
    /// <param name="classes">Without the namespace that they have in common.</param>
    /// <returns>The tests that failed, by the names of their methods.</returns>
    /// <exception cref="InvalidOperationException">The tests are not built, or did not run.</exception>
    public async Task<IReadOnlyList<string>> TestAsync(string program, IReadOnlyList<string> classes)
    {
        const string Assembly = "QuoTrading.Portal.Tests";
        var tests = Path.Combine(place, "tests");
        if (!Directory.Exists(tests)) CopyTests(Path.Combine(root, "src", Assembly, "bin"), Assembly + ".dll", tests);
        File.Copy(program, Path.Combine(tests, Path.GetFileName(program)), overwrite: true);

        List<string> arguments = ["exec", Path.Combine(tests, Assembly + ".dll"), "-noLogo", "-noColor"];
        foreach (var name in classes) arguments.AddRange(["-class", $"{Assembly}.{name}"]);
        using var run = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = tests, UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        if (!said.Contains("TEST EXECUTION SUMMARY", StringComparison.Ordinal)) throw new InvalidOperationException(said);
        return [.. said.Split('\n').Where(line => line.Contains("[FAIL]", StringComparison.Ordinal))
            .Select(line => line.Split('(')[0].Replace("[FAIL]", "", StringComparison.Ordinal).Trim().Split('.')[^1]).Distinct(StringComparer.Ordinal)];
    }

    public void Dispose() => Directory.Delete(place, recursive: true);

    /// <summary>The text with the mutation in it.</summary>
    public static string Plant(Mutation mutation, Edit edit, string text)
    {
        var at = text.IndexOf(edit.From, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(edit.From, at + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException($"{mutation.Name}: the text to replace must be in {edit.File} exactly once: {edit.From}");
        return text[..at] + edit.To + text[(at + edit.From.Length)..];
    }

    /// <summary>The repository's root.</summary>
    public static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "QuoTrading.Portal.sln"))) return folder.FullName;
        throw new InvalidOperationException("Mutants are built from the repository: start this program from there.");
    }

    private async Task<string> BuildAsync()
    {
        // A mutant need not be beautiful: analyzers and documentation are for people's code.
        var output = Path.Combine(place, "out");
        string[] again = Directory.Exists(output) ? ["--no-restore"] : [];
        var start = new ProcessStartInfo("dotnet",
            ["build", Path.Combine(place, Folders[^1]), "-c", "Release", "-o", output, "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=true",
                "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:TreatWarningsAsErrors=false", "-p:GenerateDocumentationFile=false", .. again])
        {
            WorkingDirectory = place,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var said = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        return build.ExitCode == 0 ? Path.Combine(output, "QuoTrading.Portal.dll") : throw new InvalidOperationException(said);
    }

    private static void CopyTests(string built, string assembly, string to)
    {
        var newest = (Directory.Exists(built) ? Directory.EnumerateFiles(built, assembly, SearchOption.AllDirectories) : []).MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new InvalidOperationException("Some mutants are for the tests to find: build src/QuoTrading.Portal.Tests first.");
        var from = Path.GetDirectoryName(newest)!;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var below = Path.GetRelativePath(from, file);
            // A browser's driver, which no such test needs.
            if (below.StartsWith(".playwright", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, below))!);
            File.Copy(file, Path.Combine(to, below));
        }
    }
}
