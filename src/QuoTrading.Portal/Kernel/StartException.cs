using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace QuoTrading.Portal.Kernel;

/// <summary>The portal, or a command of it, cannot start. The operator sees only the message, which says what is wrong.</summary>
public sealed class StartException(string message) : Exception(message)
{
    /// <summary>Converts a start error that the operator can fix; null for any other exception.</summary>
    internal static StartException? From(Exception failure) => failure switch
    {
        StartException known => known,
        StoreUnavailableException store => new($"The database cannot be written: {store.Message} Is the disk full, or the file read-only or locked by another program?"),
        // The message of the binder names the key and the value.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } setting => new(setting.Message),
        IOException { InnerException: AddressInUseException } => new(
            $"{failure.Message} Another program, or another portal, listens there: stop it, or start this one elsewhere, with --urls http://localhost:5081 or ASPNETCORE_URLS."),
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new("The port may not be used by this user. Set ASPNETCORE_URLS to one above 1023."),
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => new("The address in ASPNETCORE_URLS is not this machine's."),
        FormatException or InvalidOperationException when failure.StackTrace?.Contains("AddressBinder", StringComparison.Ordinal) == true =>
            new($"The address to listen on cannot be used: {failure.Message}"),
        _ => null,
    };
}
