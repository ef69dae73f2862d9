using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Audit;

/// <summary>The audit log. Read-only: entries cannot be changed.</summary>
public sealed partial class AuditPage
{
    private AuditFilter filter = new();

    [Inject]
    public required AuditQueries Queries { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    protected override void Understand(ListQuery query) => filter = AuditQuery.Read(query);

    protected override async Task<Page<AuditEntry>> ReadAsync(PageRequest request, CancellationToken cancel) => await Queries.ReadAsync(await Who.GetAsync(), filter, request, cancel);

    protected override async Task<Counted> CountAsync(CancellationToken cancel) => await Queries.CountAsync(await Who.GetAsync(), filter, cancel);

    // An action in the address that is not in the list, such as another prefix, is added as a choice.
    private IEnumerable<KeyValuePair<string, string>> Actions => Query.Raw("action") is { } typed && AuditFormat.ActionChoices.All(choice => choice.Key != typed)
        ? AuditFormat.ActionChoices.Append(KeyValuePair.Create(typed, typed))
        : AuditFormat.ActionChoices;

    // A deleted license links to its history, which outlives it.
    private string? AddressOf(AuditEntry entry) => entry.TargetKind == "session"
        ? $"/history?session={Uri.EscapeDataString(entry.Target)}"
        : LicenseOf(entry) is { } license ? There.Contains(license) ? $"/licenses/{license}" : $"/history?license={license}" : null;

    // A target that is a name needs no kind before it; the ID of a session is shortened.
    private static string NameOf(AuditEntry entry) => entry.TargetKind switch
    {
        "account" or "file" or "backup" or "signing_key" => entry.Target,
        "settings" => AuditFormat.Kind(entry.TargetKind),
        "session" => $"Session {Format.Fingerprint(entry.Target)}",
        _ => $"{AuditFormat.Kind(entry.TargetKind)} {entry.Target}",
    };

    protected override long? LicenseOf(AuditEntry entry) =>
        entry.TargetKind == "license" && long.TryParse(entry.Target, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
