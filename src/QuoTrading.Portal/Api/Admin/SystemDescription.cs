using QuoTrading.Portal.Api.Description;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>What the OpenAPI document says of the endpoint about the portal itself.</summary>
internal static class SystemDescription
{
    public static EndpointDescription System { get; } = new(
        "How the portal itself is doing", typeof(SystemAnswer),
        """
        {"at":"2026-11-21T18:22:19Z",
        "server":{"version":"0.1.0","runtime":".NET 10.0.12","started_at":"2026-11-20T06:00:00Z","uptime_seconds":130939.2,"memory_bytes":184549376},
        "database":{"engine":"SQLite 3.50.4","path":"/var/lib/quotrading-portal/portal.db","bytes":41943040,"log_bytes":4153920,"free_bytes":51539607552,"available":true,"last_commit_seconds":0.0021,"commit_median_seconds":0.0019,"commit_p99_seconds":0.0087},
        "load":{"sessions_live":41,"streams_open":17,"heartbeats_per_second":1.4,"queue_depth":0,"open_pages":2,"feed_lag_seconds":0.012,"feed_lag_p99_seconds":0.49,"refused_in_hour":[{"code":"session_conflict","count":24}]},
        "problems":[{"check":"backups","text":"The scheduled backup fails since 03:01 UTC. …","since":"2026-11-21T03:01:00Z","warning":true}],
        "backups":{"folder":"/var/lib/quotrading-portal/backups","last_at":"2026-11-20T03:00:41Z","next_at":"2026-11-22T03:00:00Z","failed_at":"2026-11-21T18:16:00Z","failure":"…","files":[{"name":"portal-20261120-030041.db","at":"2026-11-20T03:00:41Z","bytes":39845888}]},
        "signing_keys":[{"kid":"3f9a1c0d5e7b2a64","role":"current","since":"2026-11-20T06:00:00Z","key":"3f9a1c0d5e7b2a64:MIIBIjANBgkqhkiG9w0BAQ…","available":true}]}
        """)
    {
        Text = "The same figures as on the System page, read at most once a second, however many ask. For alarms /health/ready is enough, and needs no token.",
        Problems = [400],
    };
}
