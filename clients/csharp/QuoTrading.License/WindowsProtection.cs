using System;
using System.Runtime.InteropServices;

namespace QuoTrading;

/// <summary>DPAPI: what one user of one Windows computer protects, nobody else can open. By the system's own functions, so that it needs no package.</summary>
internal static class WindowsProtection
{
    private const int NoQuestions = 1; // CRYPTPROTECT_UI_FORBIDDEN

    /// <summary>Null where it cannot be had.</summary>
    public static byte[]? Shield(byte[] secret) => Call(CryptProtectData, secret);

    /// <summary>Null where it cannot be had, or was protected by somebody else.</summary>
    public static byte[]? Open(byte[] shielded) => Call(CryptUnprotectData, shielded);

    private delegate bool Function(ref Blob given, IntPtr description, IntPtr entropy, IntPtr reserved, IntPtr prompt, int flags, ref Blob made);

    private static byte[]? Call(Function function, byte[] bytes)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || bytes.Length == 0) return null;
        var held = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        var made = default(Blob);
        try
        {
            var given = new Blob { Size = bytes.Length, Data = held.AddrOfPinnedObject() };
            if (!function(ref given, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, NoQuestions, ref made)) return null;
            var result = new byte[made.Size];
            Marshal.Copy(made.Data, result, 0, made.Size);
            return result;
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
        finally
        {
            held.Free();
            if (made.Data != IntPtr.Zero) LocalFree(made.Data);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Blob
    {
        public int Size;
        public IntPtr Data;
    }

#pragma warning disable SYSLIB1054 // generated code would need another way for .NET Framework
    [DllImport("crypt32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CryptProtectData(ref Blob given, IntPtr description, IntPtr entropy, IntPtr reserved, IntPtr prompt, int flags, ref Blob made);

    [DllImport("crypt32.dll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CryptUnprotectData(ref Blob given, IntPtr description, IntPtr entropy, IntPtr reserved, IntPtr prompt, int flags, ref Blob made);

    [DllImport("kernel32.dll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr LocalFree(IntPtr memory);
#pragma warning restore SYSLIB1054
}
