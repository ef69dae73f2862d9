using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>
/// The user's profile: the fingerprint that was computed first, and the installation's secret, the same for all programs of the user in
/// whatever language. Written whole or not at all, for nobody else to read.
/// </summary>
internal sealed class LicenseProfile
{
    private const int SecretBytes = 32;

    private readonly string path;
    private readonly Action<string> log;

    /// <param name="folder">Null for the user's own.</param>
    /// <param name="log">Gets a line about what a person might want to mend.</param>
    public LicenseProfile(string? folder, Action<string> log)
    {
        Folder = string.IsNullOrWhiteSpace(folder) ? FolderOfTheUser() : folder!;
        (path, this.log) = (Path.Combine(Folder, "installation.json"), log);
    }

    public string Folder { get; }

    /// <summary>Reads it, or makes it.</summary>
    /// <returns>The fingerprint, and <c>install</c>; that is null where nothing can be kept: then the program goes on without.</returns>
    public (string Fingerprint, string? Install) Open()
    {
        try
        {
            MakeFolder();
            for (var look = 0; look < 3; look++) // whoever is first makes it, and the others read what he made
            {
                var found = Read();
                if (Known(found) is { } known) return known;
                Write(found);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.Security.SecurityException or NotSupportedException or ArgumentException)
        {
            log($"The profile can be neither read nor written ({fault.GetType().Name}); the fingerprint is not kept.");
        }

        return (DeviceFingerprint.Compute(), null);
    }

    /// <summary>Holds the license of that name for this process alone, until it is disposed.</summary>
    /// <returns>False: another program of the user holds it. A null lock: nothing can be kept here, so nobody is kept out.</returns>
    public bool TryHold(string key, string app, out IDisposable? held)
    {
        held = null;
        try
        {
            MakeFolder();
            var name = LicenseSignatures.Hash(Encoding.UTF8.GetBytes(key + "\n" + app)).Substring(0, 16) + ".lock";
            held = new FileStream(Path.Combine(Folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException fault) when (IsHeld(fault))
        {
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or System.Security.SecurityException or NotSupportedException or ArgumentException)
        {
            log($"No lock can be kept in the profile ({fault.GetType().Name}); a second program would not be noticed.");
            return true;
        }
    }

    // Windows: shared or locked; Linux, macOS: EWOULDBLOCK. Anything else, a disk that is read-only say, is no other program.
    private static bool IsHeld(IOException fault) => fault.HResult is unchecked((int)0x80070020) or unchecked((int)0x80070021)
        || (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && fault.HResult is 11 or 35);

    private static string FolderOfTheUser()
    {
        if (Environment.GetEnvironmentVariable("QUOTRADING_PROFILE") is { Length: > 0 } named) return named;
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "QuoTrading");
        var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } told ? told : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX)) return Path.Combine(home, "Library", "Application Support", "QuoTrading");
        var states = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return Path.Combine(string.IsNullOrEmpty(states) ? Path.Combine(home, ".local", "state") : states!, "quotrading");
    }

    private void MakeFolder()
    {
#if NET8_0_OR_GREATER
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }
#endif
        Directory.CreateDirectory(Folder);
    }

    /// <returns>Null where there is none; one that is broken is set aside, not written over.</returns>
    private JsonObject? Read()
    {
        try
        {
            var raw = File.ReadAllBytes(path);
            var found = LicenseJson.Parse(raw, raw.Length);
            if (found.Count > 0) return found;
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        var aside = FormattableString.Invariant($"{path}.broken-{Guid.NewGuid():N}");
        try
        {
            File.Move(path, aside);
            log($"installation.json could not be read: it is now {Path.GetFileName(aside)}, and a new one is made.");
        }
        catch (FileNotFoundException)
        {
            // Another program has just done it.
        }

        return null;
    }

    private static (string Fingerprint, string? Install)? Known(JsonObject? found) =>
        found is not null && FingerprintIn(found) is { } fingerprint && SecretIn(found) is { } secret ? (fingerprint, LicenseSignatures.Hash(secret)) : null;

    private static string? FingerprintIn(JsonObject found) => found.Text("fingerprint")?.Trim() is { Length: > 0 and <= 256 } fingerprint && !fingerprint.Any(char.IsControl) ? fingerprint : null;

    private static byte[]? SecretIn(JsonObject found)
    {
        try
        {
            if (found.Text("secret_dpapi") is { } shielded && WindowsProtection.Open(Convert.FromBase64String(shielded)) is { Length: > 0 } opened) return opened;
        }
        catch (FormatException)
        {
            // As good as none.
        }

        return found.Text("secret") is { Length: >= SecretBytes } text && text.Length % 2 == 0 && text.All(Uri.IsHexDigit)
            ? [.. Enumerable.Range(0, text.Length / 2).Select(at => byte.Parse(text.Substring(2 * at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture))] : null;
    }

    /// <summary>Completes what is there, and leaves what this version does not know.</summary>
    private void Write(JsonObject? found)
    {
        var made = found ?? [];
        if (!made.ContainsKey("version")) made["version"] = 1;
        if (FingerprintIn(made) is null) made["fingerprint"] = DeviceFingerprint.Compute();
        if (SecretIn(made) is null) PutSecret(made);

        var beside = FormattableString.Invariant($"{path}.{Guid.NewGuid():N}");
        try
        {
            WriteForUser(beside, made.Bytes());
            if (found is null) Put(beside);
            else File.Replace(beside, path, null);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void PutSecret(JsonObject made)
    {
        var secret = new byte[SecretBytes];
        using (var random = RandomNumberGenerator.Create()) random.GetBytes(secret);
        made.Remove("secret_dpapi");
        if (WindowsProtection.Shield(secret) is { } shielded) made["secret_dpapi"] = Convert.ToBase64String(shielded);
        else made["secret"] = LicenseSignatures.Hex(secret);
    }

    private void Put(string beside)
    {
        try
        {
            File.Move(beside, path); // only where there is none
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another program was first.
        }
    }

    private static void WriteForUser(string file, byte[] bytes)
    {
#if NET8_0_OR_GREATER
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
#else
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
#endif
        stream.Write(bytes, 0, bytes.Length);
        stream.Flush(flushToDisk: true);
    }
}
