using System.Globalization;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Audit;

/// <summary>Who did what to what. It shows; there is no way to change an entry.</summary>
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

    // A beginning that somebody wrote into the address is a choice like another.
    private IEnumerable<KeyValuePair<string, string>> Actions => Query.Raw("action") is { } typed && AuditFormat.ActionChoices.All(choice => choice.Key != typed)
        ? AuditFormat.ActionChoices.Append(KeyValuePair.Create(typed, typed))
        : AuditFormat.ActionChoices;

    // What happened outlives a license: its history is there under its number.
    private string? AddressOf(AuditEntry entry) => entry.TargetKind == "session"
        ? $"/history?session={Uri.EscapeDataString(entry.Target)}"
        : LicenseOf(entry) is { } license ? There.Contains(license) ? $"/licenses/{license}" : $"/history?license={license}" : null;

    // What has a name of its own needs no word for what it is; and nobody reads a session's whole number.
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
