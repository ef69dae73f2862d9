namespace QuoTrading.Portal.Licensing.Import;

/// <summary>A license as a file of the old system describes it.</summary>
/// <param name="Line">Where it starts in the file, from 1.</param>
/// <param name="Email">Normalised.</param>
/// <param name="Key">As in the file, after <see cref="LicenseKey.Clean"/>: without blanks and invisible characters.</param>
/// <param name="ExpiresAt">UTC; null if it never expires.</param>
/// <param name="CreatedAt">UTC; null where the file does not say.</param>
public sealed record ImportRow(
    int Line,
    string? AccountId,
    string Email,
    string Key,
    string Plan,
    LicenseStatus Status,
    DateTime? ExpiresAt,
    DateTime? CreatedAt)
{
    public override string ToString() => $"Line {Line}, {LicenseKey.Mask(Key)}";
}

/// <summary>Something in the file that stops its import.</summary>
/// <param name="Line">From 1; null where it is about the file as a whole.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ImportError(int? Line, string Message)
{
    public override string ToString() => Line is { } line ? $"Line {line}: {Message}" : Message;
}

/// <summary>The errors of a file: all are counted, and the first ones are kept.</summary>
public sealed class ImportErrors
{
    /// <summary>The most errors that the command line shows; more would not be read.</summary>
    public const int MostTold = 100;

    /// <summary>The most errors that are kept, for a page; further ones are only counted.</summary>
    public const int MostKept = 500;

    private readonly List<ImportError> told = [];

    /// <summary>The first errors, at most <see cref="MostKept"/>, in the order of the file.</summary>
    public IReadOnlyList<ImportError> Told => told;

    public int Count { get; private set; }

    internal void Add(int? line, string message)
    {
        Count++;
        if (told.Count < MostKept) told.Add(new(line, message));
    }
}

/// <summary>A parsed file. Nothing is compared with the store or changed yet.</summary>
/// <param name="FileName">Without its folder.</param>
/// <param name="Sha256">Of the file's bytes, in lower-case hex.</param>
/// <param name="Rows">One for each key; empty if the file could not be read at all.</param>
/// <param name="Repeated">How many rows repeat an earlier one.</param>
/// <param name="Notices">What a person should know about the file, without having to act.</param>
public sealed record ImportFile(
    string FileName,
    string Sha256,
    IReadOnlyList<ImportRow> Rows,
    int Repeated,
    ImportErrors Errors,
    IReadOnlyList<string> Notices);
