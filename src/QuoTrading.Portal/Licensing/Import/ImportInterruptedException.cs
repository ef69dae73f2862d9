using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>The store failed in the middle of a large import. What is imported stays; importing the file again does the rest.</summary>
public sealed class ImportInterruptedException(int imported, StoreUnavailableException reason) : StoreUnavailableException(reason.Message, reason)
{
    /// <summary>How many licenses were added or updated.</summary>
    public int Imported => imported;
}
