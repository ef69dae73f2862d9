using System.Security.Cryptography;
using System.Text;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>A customer's computer, and the fingerprints that the programs on it compute (docs/client-api.md, What old clients do).</summary>
/// <param name="Mac">The network card's address as a number, as Python's <c>uuid.getnode()</c> gives it.</param>
public sealed record Machine(ulong Mac, string User, string Platform = "Windows")
{
    private static ulong made;

    /// <summary>The launcher's and the bot's, both documents' time: no process id, so they are one device.</summary>
    public string Fingerprint => Hash($"{Mac}:{User}:{Platform}");

    /// <summary>One that no test has used.</summary>
    public static Machine Create(string user = "ada") => new(0x02_00_00_00_00_00UL + Interlocked.Increment(ref made), user);

    /// <summary>The bot's, December 2025: one process a symbol.</summary>
    public string FingerprintFor(string symbol) => Hash($"{Mac}:{User}:{Platform}:{symbol}");

    /// <summary>The first launcher's, with the fault that the first document mends.</summary>
    public string FingerprintOfProcess(int processId) => Hash($"{Mac}:{User}:{Platform}:{processId}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
