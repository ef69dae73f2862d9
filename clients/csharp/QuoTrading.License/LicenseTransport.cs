using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>The server's certificate is not accepted; the message says which and why, for people.</summary>
internal sealed class LicenseCertificateException(string message) : Exception(message);

/// <summary>One server. Each request has a connection of its own: one that was kept may be as dead as the stream, without a word.</summary>
internal sealed class LicenseTransport : IDisposable
{
    /// <summary>Of an answer, or of one event.</summary>
    public const int MostBytes = 64 * 1024;

    private readonly HttpClient http;
    private volatile string? certificateFault; // of the latest handshake that failed

    /// <exception cref="ArgumentException">The address, or the proxy's, cannot be right.</exception>
    public LicenseTransport(string server, string? proxy)
    {
        Address = Check(server);
        http = new HttpClient(MakeHandler(proxy is null ? null : LicenseProxy.Parse(proxy))) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Without a slash at its end.</summary>
    public string Address { get; }

    public void Dispose() => http.Dispose();

    /// <exception cref="LicenseCertificateException">The server's certificate is not accepted.</exception>
    /// <exception cref="Exception">There was no answer: of many types, according to the framework.</exception>
    public async Task<HttpResponseMessage> SendAsync(string path, LicenseContent content, CancellationToken limit)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Address + path) { Content = content };
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
            request.Headers.ExpectContinue = false;
#if !NET8_0_OR_GREATER
            request.Headers.ConnectionClose = true;
#endif
            // On the pool, and left behind when it takes too long: .NET Framework looks names up before it hears that it should stop.
            return await LeaveBehindAsync(Task.Run(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit), limit), limit).ConfigureAwait(false);
        }
        catch (Exception failure) when (certificateFault is { } fault && IsAboutTrust(failure))
        {
            throw new LicenseCertificateException(fault);
        }
    }

    /// <summary>At most <see cref="MostBytes"/>: nobody's answer is longer.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken limit)
    {
        using var cut = limit.Register(response.Dispose); // .NET Framework's streams know no token
        using var body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        using var read = new MemoryStream();
        var part = new byte[4096];
        while (true)
        {
            var count = await body.ReadAsync(part, 0, part.Length, limit).ConfigureAwait(false);
            if (count == 0) return read.ToArray();
            read.Write(part, 0, count);
            if (read.Length > MostBytes) throw new IOException("An answer without end.");
        }
    }

    private static readonly string UserAgent =
        $"quotrading-license-dotnet/{typeof(LicenseTransport).Assembly.GetName().Version?.ToString(3)}";

    private static string Check(string server)
    {
        if (!Uri.TryCreate(server?.Trim(), UriKind.Absolute, out var address) || address.Host.Length == 0 || (address.Scheme != "https" && address.Scheme != "http")
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new ArgumentException("The server must look like https://portal.example.com.", nameof(server));
        if (address.Scheme == "http" && !address.IsLoopback)
            throw new ArgumentException("The server must be https: over http the license key could be read on its way.", nameof(server));
        return address.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

#if NET8_0_OR_GREATER
    private SocketsHttpHandler MakeHandler(WebProxy? proxy)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = new LicenseConnector().ConnectAsync,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accepts(certificate, chain, errors) },
        };
        if (proxy is not null) handler.Proxy = proxy;
        return handler;
    }
#else
    private HttpClientHandler MakeHandler(WebProxy? proxy)
    {
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 16, // .NET Framework has 2 else, and the stream is one of them
#pragma warning disable MA0039 // it only notes what the system found wrong
            ServerCertificateCustomValidationCallback = (_, certificate, chain, errors) => Accepts(certificate, chain, errors),
#pragma warning restore MA0039
        };
        if ((proxy ?? LicenseProxy.OfEnvironment(Address)) is { } chosen) handler.Proxy = chosen;
        return handler;
    }
#endif

    private bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        certificateFault = errors == SslPolicyErrors.None ? null : Explain(certificate, chain, errors);
        return errors == SslPolicyErrors.None;
    }

    private string Explain(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var status = X509ChainStatusFlags.NoError;
        foreach (var element in chain?.ChainStatus ?? []) status |= element.Status;
        var why = certificate is null ? "there is none"
            : status.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "it has expired or is not valid yet"
            : status.HasFlag(X509ChainStatusFlags.Revoked) ? "it was revoked"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "it is for another name"
            : "who issued it is not trusted by this computer";
        return $"The certificate of {new Uri(Address).Host} is not accepted: {why}.";
    }

    private static bool IsAboutTrust(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is AuthenticationException or WebException { Status: WebExceptionStatus.TrustFailure or WebExceptionStatus.SecureChannelFailure })
                return true;
        }

        return false;
    }

    private static async Task<HttpResponseMessage> LeaveBehindAsync(Task<HttpResponseMessage> sending, CancellationToken limit)
    {
        var late = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (limit.Register(() => late.TrySetCanceled(limit)))
        {
            var first = await Task.WhenAny(sending, late.Task).ConfigureAwait(false);
            if (first == late.Task)
                _ = sending.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return await first.ConfigureAwait(false);
        }
    }

    private static async Task Forget(Task<HttpResponseMessage> sending)
    {
        try
        {
            (await sending.ConfigureAwait(false)).Dispose();
        }
        catch (Exception)
        {
            // Whoever waited for it has gone.
        }
    }
}

/// <summary>A request's body. It tells when it begins to be sent, for until then the server knows nothing of the request.</summary>
internal sealed class LicenseContent : HttpContent
{
    private readonly byte[] bytes;
    private readonly Action? onSending;

    public LicenseContent(byte[] bytes, Action? onSending = null)
    {
        (this.bytes, this.onSending) = (bytes, onSending);
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        onSending?.Invoke();
        return stream.WriteAsync(bytes, 0, bytes.Length);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
