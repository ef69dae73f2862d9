using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace QuoTrading;

/// <summary>What stands for this computer and user: the same in the launcher and the bot, another on every other computer.</summary>
public static class DeviceFingerprint
{
    private static readonly string[] UserVariables = ["LOGNAME", "USER", "LNAME", "USERNAME"];

    /// <summary>
    /// The fingerprint that was computed first on this computer, by a program in whatever language; computed and kept now, where there is
    /// none. In containers, whose addresses change with each start, give <see cref="LicenseOptions.Fingerprint"/> one of your own.
    /// </summary>
    /// <param name="profileFolder">Another folder than the user's own; null for that.</param>
    /// <returns>16 hexadecimal characters, or what else is kept there.</returns>
    public static string OfThisComputer(string? profileFolder = null) => new LicenseProfile(profileFolder, _ => { }).Open().Fingerprint;

    /// <summary>As all clients compute it: the first MAC address as an integer, the user's name, and the system's.</summary>
    internal static string Compute()
    {
        var machine = Choose(Adapters()) ?? Host();
        return LicenseSignatures.Hash(Encoding.UTF8.GetBytes($"{machine}:{User()}:{SystemName()}")).Substring(0, 16);
    }

    /// <summary>The first one that its maker gave, by the adapter's number; else the first that somebody else did. Null: there is none.</summary>
    internal static string? Choose(IEnumerable<(int Index, byte[] Address)> adapters) => adapters
        .Where(adapter => adapter.Address.Length == 6 && adapter.Address.Any(part => part != 0) && (adapter.Address[0] & 1) == 0)
        .OrderBy(adapter => adapter.Address[0] & 2).ThenBy(adapter => adapter.Index)
        .Select(adapter => FormattableString.Invariant($"{adapter.Address.Aggregate(0L, (number, part) => number * 256 + part)}")).FirstOrDefault();

    private static IEnumerable<(int Index, byte[] Address)> Adapters()
    {
        NetworkInterface[] all;
        try
        {
            all = NetworkInterface.GetAllNetworkInterfaces();
        }
        catch (NetworkInformationException)
        {
            yield break;
        }

        foreach (var one in all)
        {
            if (one.NetworkInterfaceType != NetworkInterfaceType.Loopback) yield return (IndexOf(one), one.GetPhysicalAddress().GetAddressBytes());
        }
    }

    private static int IndexOf(NetworkInterface adapter)
    {
        try
        {
            var properties = adapter.GetIPProperties();
            return adapter.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
        }
        catch (Exception fault) when (fault is NetworkInformationException or PlatformNotSupportedException or NullReferenceException)
        {
            return int.MaxValue;
        }
    }

    private static string Host()
    {
        try
        {
            return Dns.GetHostName();
        }
        catch (SocketException)
        {
            return Environment.MachineName;
        }
    }

    /// <summary>As Python's getpass has it: the variables come first.</summary>
    private static string User() => UserVariables.Select(Environment.GetEnvironmentVariable)
        .Append(Environment.UserName).FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? "unknown";

    private static string SystemName() => RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "Windows"
        : RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? "Darwin" : "Linux";
}
