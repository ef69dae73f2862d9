using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// Signs answers to requests that carry a nonce (docs/protocol.md, Signed answers), so that a fake server cannot grant a license.
/// </summary>
internal sealed partial class AnswerSigner
{
    /// <summary>The algorithm's name in the header and on the stream.</summary>
    public const string Algorithm = "rsa-sha256";

    private const string Version = "portal-1";

    private readonly SigningKeys keys;
    private readonly TimeProvider time;
    private readonly ILogger<AnswerSigner> log;
    private readonly Counter<long> signed;
    private readonly Counter<long> unsigned;

    public AnswerSigner(SigningKeys keys, IMeterFactory meters, TimeProvider time, ILogger<AnswerSigner> log)
    {
        (this.keys, this.time, this.log) = (keys, time, log);
        var meter = PortalMeter.Of(meters);
        signed = meter.CreateCounter<long>("portal.answers.signed", "{answer}", "Answers that were signed, since the request carried a nonce.");
        unsigned = meter.CreateCounter<long>("portal.answers.unsigned", "{answer}", "Answers that should have been signed and could not be: clients with keys built in take them for none.");
    }

    /// <summary>Takes from the request what is signed together with its answer.</summary>
    /// <param name="request">Must have a nonce.</param>
    public AnswerSigning Begin(ClientEndpoint endpoint, ClientRequest request) =>
        new(this, ClientApi.PathOf(endpoint), request.Nonce!, request.DeviceAsSent ?? "", request.LicenseKeyAsSent);

    /// <summary>Signs an answer, with the current time.</summary>
    /// <returns>
    /// Null if there is no readable key, which <see cref="SigningKeys"/> logs and the System page shows, or if signing fails, which is
    /// logged here.
    /// </returns>
    internal AnswerSignature? Sign(AnswerSigning asked, int status, ReadOnlySpan<byte> body)
    {
        if (keys.Signer is { } key && TrySign(key, asked, status, body) is { } signature)
        {
            signed.Add(1);
            return signature;
        }

        unsigned.Add(1);
        return null;
    }

    private AnswerSignature? TrySign(AnswerKey key, AnswerSigning asked, int status, ReadOnlySpan<byte> body)
    {
        var at = time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var lines = string.Join('\n', Version, asked.Path, asked.Nonce, asked.Device, at, Hash(Encoding.UTF8.GetBytes(asked.LicenseKey)), status.ToString(CultureInfo.InvariantCulture), Hash(body));
        try
        {
            return new AnswerSignature(key.Kid, Algorithm, at, Convert.ToBase64String(key.Sign(Encoding.UTF8.GetBytes(lines))));
        }
        catch (CryptographicException failure)
        {
            LogFailed(failure);
            return null;
        }
    }

    private static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData(data));

    [LoggerMessage(Level = LogLevel.Error, Message = "An answer could not be signed.")]
    private partial void LogFailed(Exception failure);
}

/// <summary>The part of a request that the signature of its answer covers.</summary>
internal sealed class AnswerSigning(AnswerSigner signer, string path, string nonce, string device, string licenseKey)
{
    /// <summary>The endpoint's own path, not the path as the request spelled it.</summary>
    public string Path => path;

    public string Nonce => nonce;

    /// <summary>The fingerprint as the client sent it; empty if it sent none.</summary>
    public string Device => device;

    /// <summary>As the client sent it. Must not be logged.</summary>
    public string LicenseKey => licenseKey;

    /// <inheritdoc cref="AnswerSigner.Sign"/>
    public AnswerSignature? Sign(int status, ReadOnlySpan<byte> body) => signer.Sign(this, status, body);
}

/// <summary>A signature, in the form of the stream's event <c>proof</c>.</summary>
/// <param name="Kid">The id of the key that made it.</param>
/// <param name="T">Milliseconds since 1970, wall time.</param>
/// <param name="Sig">Base64.</param>
internal sealed record AnswerSignature(string Kid, string Alg, string T, string Sig)
{
    public const string HeaderName = "Portal-Signature";

    /// <summary>The same, in the form of the header.</summary>
    [JsonIgnore]
    public string Header => $"kid=\"{Kid}\", alg=\"{Alg}\", t=\"{T}\", sig=\"{Sig}\"";
}

/// <summary>A result that can be signed.</summary>
internal interface ISignedResult : IResult
{
    /// <summary>Null if the client did not request a signature.</summary>
    AnswerSigning? Signing { get; set; }
}
