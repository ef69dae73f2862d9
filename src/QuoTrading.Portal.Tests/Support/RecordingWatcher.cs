using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>Notes what licensing tells those who depend on a license.</summary>
public sealed class RecordingWatcher : ILicenseWatcher
{
    public IList<(LicenseSnapshot Before, LicenseSnapshot? After, string? Reason)> Seen { get; } = new List<(LicenseSnapshot, LicenseSnapshot?, string?)>();

    /// <summary>Thrown inside the unit.</summary>
    public Exception? Failure { get; set; }

    /// <summary>So many it sees before that.</summary>
    public int FailsAfter { get; set; }

    /// <summary>How many sessions it says it ended.</summary>
    public int Ends { get; set; }

    public int OnChanging(WriteUnit unit, LicenseSnapshot before, LicenseSnapshot? after, Actor actor, string? reason)
    {
        // Sees what is stored, because it is inside the unit and before the commit.
        unit.Execute("""UPDATE "Customers" SET "Name" = 'watched' WHERE "Id" = @p0""", before.CustomerId);
        Seen.Add((before, after, reason));
        return Failure is null || Seen.Count <= FailsAfter ? Ends : throw Failure;
    }
}
