using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>The private key that signs now. Thread-safe.</summary>
public sealed class AnswerKey
{
    private readonly ObjectPool<RSA> idle;

    /// <param name="pkcs8">A valid key; imported once for each thread that signs at the same time.</param>
    internal AnswerKey(string kid, byte[] pkcs8)
    {
        Kid = kid;
        idle = new DefaultObjectPoolProvider().Create(new Importing(pkcs8));
    }

    public string Kid { get; }

    /// <summary>PKCS #1 v1.5 over SHA-256. Takes some tenths of a millisecond of processor time.</summary>
    /// <exception cref="CryptographicException">The signature could not be made.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        // RSA does not guarantee that two threads may use one instance at a time.
        var rsa = idle.Get();
        try
        {
            return rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            idle.Return(rsa);
        }
    }

    private sealed class Importing(byte[] pkcs8) : PooledObjectPolicy<RSA>
    {
        public override RSA Create()
        {
            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return rsa;
        }

        public override bool Return(RSA obj) => true;
    }
}
