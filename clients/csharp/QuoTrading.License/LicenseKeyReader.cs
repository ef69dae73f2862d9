using System;
using System.Linq;
using System.Security.Cryptography;

namespace QuoTrading;

/// <summary>Reads an RSA public key, DER of a SubjectPublicKeyInfo.</summary>
internal static class LicenseKeyReader
{
    private const int LeastBits = 2048;

    /// <exception cref="CryptographicException">It is none, or one too short to rely on.</exception>
    public static RSA Read(byte[] der)
    {
        var rsa = RSA.Create();
        try
        {
#if NET8_0_OR_GREATER
            rsa.ImportSubjectPublicKeyInfo(der, out var read);
            if (read != der.Length) throw new CryptographicException("Something follows the key.");
#else
            rsa.ImportParameters(Parse(der));
#endif
            return rsa.KeySize >= LeastBits ? rsa : throw new CryptographicException("The key is too short.");
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    /// <summary>For .NET Framework, which cannot read it by itself; strict: one encoding of one key alone.</summary>
    /// <exception cref="CryptographicException">It is no RSA public key, or not in its one right encoding.</exception>
    internal static RSAParameters Parse(byte[] der)
    {
        byte[] rsaEncryption = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
        var outer = new Reader(der);
        var info = new Reader(outer.Take(0x30));
        outer.End();
        if (!info.Take(0x30).SequenceEqual(rsaEncryption)) throw Wrong();
        var bits = info.Take(0x03);
        info.End();
        if (bits.Length == 0 || bits[0] != 0) throw Wrong();
        var whole = new Reader(bits.Skip(1).ToArray());
        var key = new Reader(whole.Take(0x30));
        whole.End();
        var result = new RSAParameters { Modulus = Positive(key.Take(0x02)), Exponent = Positive(key.Take(0x02)) };
        key.End();
        return result;
    }

    private static byte[] Positive(byte[] number)
    {
        if (number.Length == 0 || number[0] >= 0x80) throw Wrong();
        if (number[0] != 0) return number;
        return number.Length > 1 && number[1] >= 0x80 ? number.Skip(1).ToArray() : throw Wrong();
    }

    private static CryptographicException Wrong() => new("This is no RSA public key.");

    private sealed class Reader(byte[] bytes)
    {
        private int at;

        public byte[] Take(byte tag)
        {
            if (Next() != tag) throw Wrong();
            int length = Next();
            if (length >= 0x80)
            {
                var digits = length - 0x80;
                if (digits is < 1 or > 2) throw Wrong();
                length = 0;
                for (var digit = 0; digit < digits; digit++) length = length * 256 + Next();
                if (length < (digits == 1 ? 0x80 : 0x100)) throw Wrong(); // could have been said shorter
            }

            if (length > bytes.Length - at) throw Wrong();
            at += length;
            return bytes.Skip(at - length).Take(length).ToArray();
        }

        public void End()
        {
            if (at != bytes.Length) throw Wrong();
        }

        private byte Next() => at < bytes.Length ? bytes[at++] : throw Wrong();
    }
}
