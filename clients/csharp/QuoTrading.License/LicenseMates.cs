using System;
using System.Collections.Generic;

namespace QuoTrading;

/// <summary>
/// The sessions of this process that the server takes for one program: of one key, device and app. The last one that leaves gives the license
/// back, and what the server gave to one of them proves all.
/// </summary>
internal sealed class LicenseMates
{
    private static readonly Dictionary<string, LicenseMates> All = new(StringComparer.Ordinal);

    private readonly HashSet<LicenseSession> holders = [];
    private string? token;

    /// <summary>The last <c>session_token</c>; null where there is none.</summary>
    public string? Token
    {
        get
        {
            lock (holders) return token;
        }

        set
        {
            lock (holders) token = value;
        }
    }

    public static LicenseMates Of(params string[] identity)
    {
        var name = string.Join("\n", identity);
        lock (All) return All.TryGetValue(name, out var mates) ? mates : All[name] = new LicenseMates();
    }

    public void Join(LicenseSession session)
    {
        lock (holders) holders.Add(session);
    }

    /// <returns>Whether no other one holds the license any more.</returns>
    public bool Leave(LicenseSession session)
    {
        lock (holders)
        {
            holders.Remove(session);
            return holders.Count == 0;
        }
    }
}
