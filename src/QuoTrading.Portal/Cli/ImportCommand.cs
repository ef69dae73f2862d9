using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Import;

namespace QuoTrading.Portal.Cli;

/// <summary>Runs <c>license import</c>, and prints its result.</summary>
internal static class ImportCommand
{
    public static async Task<int> RunAsync(LicenseImport import, string path, bool update, bool dryRun, CancellationToken cancel)
    {
        var file = import.Read(path, await ReadAsync(Path.GetFullPath(path), cancel));
        foreach (var notice in file.Notices) await Console.Error.WriteLineAsync(notice);

        ImportOutcome outcome;
        try
        {
            outcome = dryRun
                ? await import.PreviewAsync(Actor.CommandLine, file, update, cancel)
                : await import.ApplyAsync(Actor.CommandLine, file, update, cancel);
        }
        catch (ImportInterruptedException interrupted)
        {
            return await CommandLine.FailAsync(
                $"The database cannot be written any more. Is the disk full, or the file locked? {interrupted.Imported} licenses were imported; import {file.FileName} again for the others.");
        }

        switch (outcome)
        {
            case ImportOutcome.Accepted accepted:
                foreach (var line in Tell(accepted.Report, update, dryRun)) await Console.Out.WriteLineAsync(line);
                return 0;
            case ImportOutcome.Rejected rejected:
                var more = rejected.Errors.Count - Math.Min(rejected.Errors.Told.Count, ImportErrors.MostTold);
                return await CommandLine.FailAsync(
                [
                    .. rejected.Errors.Told.Take(ImportErrors.MostTold).Select(error => error.ToString()),
                    .. more > 0 ? new[] { $"… and {more} more." } : [],
                    $"Nothing was imported. {(rejected.Errors.Count == 1 ? "There is 1 error" : $"There are {rejected.Errors.Count} errors")} in {file.FileName}; correct it and import it again.",
                ]);
            default:
                throw new InvalidOperationException("An outcome nobody thought of.");
        }
    }

    private static IEnumerable<string> Tell(ImportReport report, bool update, bool dryRun)
    {
        yield return dryRun ? "Nothing was changed. The import would do this:" : "Imported.";
        yield return $"Added: {report.Added} (new customers: {report.NewCustomers})";
        yield return $"Already there: {report.AlreadyThere}";
        if (report.Repeated > 0) yield return $"Repeated in the file: {report.Repeated}";
        if (report.Differences.Count == 0) yield break;
        yield return update ? $"Updated: {report.Updated}" : $"Different here, and left as they are (--update takes the file's values): {report.Differences.Count}";
        foreach (var difference in report.Differences.Take(ImportErrors.MostTold)) yield return $"  Line {difference.Line}, {difference.KeyMasked}: {difference.What}";
        if (report.Differences.Count > ImportErrors.MostTold) yield return $"  … and {report.Differences.Count - ImportErrors.MostTold} more";
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            if (Directory.Exists(path)) throw new StartException($"{path} is a folder; name the CSV file in it.");
            if (new FileInfo(path) is { Exists: true, Length: > ImportParser.MaxBytes })
                throw new StartException($"{path} is larger than {ImportParser.MaxBytes / 1024 / 1024} MB; split it, with the header row in each part.");
            return await File.ReadAllBytesAsync(path, cancel);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartException($"There is no file {path}. A relative path counts from the working directory; name the file with its full path.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be read: {failure.Message}");
        }
    }
}
