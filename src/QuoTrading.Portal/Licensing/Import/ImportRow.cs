namespace QuoTrading.Portal.Licensing.Import;

/// <summary>A license as a file of the old system tells of it.</summary>
/// <param name="Line">Where it starts in the file, from 1.</param>
/// <param name="Email">Normalised.</param>
/// <param name="Key">As it stands there, without blanks and what nobody sees.</param>
/// <param name="ExpiresAt">UTC; null never.</param>
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

/// <summary>All that is wrong with a file: counted in full, told up to a limit.</summary>
public sealed class ImportErrors
{
    /// <summary>More than that nobody reads at a command line.</summary>
    public const int MostTold = 100;

    /// <summary>More than that nobody reads on a page; beyond it they are counted.</summary>
    public const int MostKept = 500;

    private readonly List<ImportError> told = [];

    /// <summary>The first of them, in the file's order.</summary>
    public IReadOnlyList<ImportError> Told => told;

    public int Count { get; private set; }

    internal void Add(int? line, string message)
    {
        Count++;
        if (told.Count < MostKept) told.Add(new(line, message));
    }
}

/// <summary>A file that was read. Nothing is changed yet, and nothing looked up.</summary>
/// <param name="FileName">Without its folder.</param>
/// <param name="Sha256">Of the file's bytes, in lower-case hex.</param>
/// <param name="Rows">One a key; empty where the file could not be read at all.</param>
/// <param name="Repeated">How many rows said once more what an earlier one said.</param>
/// <param name="Notices">What the importer should know and need not act upon.</param>
public sealed record ImportFile(
    string FileName,
    string Sha256,
    IReadOnlyList<ImportRow> Rows,
    int Repeated,
    ImportErrors Errors,
    IReadOnlyList<string> Notices);
