using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Components.Pages.Audit;

/// <summary>Who did what to what. It shows; there is no way to change an entry.</summary>
public sealed partial class AuditPage
{
    private const string Beginning = "The beginning of it; or = and the whole of it";

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Kinds =
        [.. new[] { "license", "customer", "session", "device", "settings", "account", "token", "file", "backup" }.Select(kind => KeyValuePair.Create(kind, kind))];

    private AuditFilter filter = new();

    [Inject]
    public required AuditArchive Archive { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    protected override void Understand(ListQuery query) => filter = AuditQuery.Read(query);

    protected override async Task<Page<AuditEntry>> ReadAsync(PageRequest request, CancellationToken cancel) => await Archive.ReadAsync(await Who.GetAsync(), filter, request, cancel);

    protected override async Task<Counted> CountAsync(CancellationToken cancel) => await Archive.CountAsync(await Who.GetAsync(), filter, cancel);

    private string? AddressOf(AuditEntry entry) => entry.TargetKind == "session"
        ? $"/history?session={Uri.EscapeDataString(entry.Target)}"
        : LicenseOf(entry) is { } license && There.Contains(license) ? $"/licenses/{license}" : null;

    protected override long? LicenseOf(AuditEntry entry) =>
        entry.TargetKind == "license" && long.TryParse(entry.Target, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
