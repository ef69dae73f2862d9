using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Components.Pages.Audit;

/// <summary>Who did what to what. It shows; there is no way to change an entry.</summary>
public sealed partial class AuditPage
{
    private const string Beginning = "The beginning of it; or = and the whole of it";

    private AuditFilter filter = new();
    private IReadOnlySet<long> there = new HashSet<long>();

    [Inject]
    public required AuditArchive Archive { get; set; }

    [Inject]
    public required LicenseCatalog Licenses { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    protected override void Understand(ListQuery query) => filter = AuditQuery.Read(query);

    protected override async Task<Page<AuditEntry>> ReadAsync(PageRequest request, CancellationToken cancel)
    {
        var page = await Archive.ReadAsync(await Who.GetAsync(), filter, request, cancel);
        var exist = await Licenses.WhichExistAsync(page.Items.Select(LicenseOf).OfType<long>(), cancel);
        // An older question that is answered late must not undo a newer one.
        cancel.ThrowIfCancellationRequested();
        there = exist;
        return page;
    }

    protected override async Task<Counted> CountAsync(CancellationToken cancel) => await Archive.CountAsync(await Who.GetAsync(), filter, cancel);

    // A beginning that somebody wrote into the address is a choice like another.
    private IEnumerable<KeyValuePair<string, string>> Actions => Query.Raw("action") is { } typed && AuditWords.ActionChoices.All(choice => choice.Key != typed)
        ? AuditWords.ActionChoices.Append(KeyValuePair.Create(typed, typed))
        : AuditWords.ActionChoices;

    // What happened outlives a license: its history is there under its number.
    private string? AddressOf(AuditEntry entry) => entry.TargetKind == "session"
        ? $"/history?session={Uri.EscapeDataString(entry.Target)}"
        : LicenseOf(entry) is { } license ? there.Contains(license) ? $"/licenses/{license}" : $"/history?license={license}" : null;

    // What has a name of its own needs no word for what it is; and nobody reads a session's whole number.
    private static string NameOf(AuditEntry entry) => entry.TargetKind switch
    {
        "account" or "file" or "backup" => entry.Target,
        "settings" => AuditWords.Kind(entry.TargetKind),
        "session" => $"Session {Words.Fingerprint(entry.Target)}",
        _ => $"{AuditWords.Kind(entry.TargetKind)} {entry.Target}",
    };

    private static long? LicenseOf(AuditEntry entry) =>
        entry.TargetKind == "license" && long.TryParse(entry.Target, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
