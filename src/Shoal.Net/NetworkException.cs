using System.Net.Sockets;

namespace Shoal.Net;

/// <summary>A socket could not be opened, or broke. Thrown in place of <see cref="SocketException"/>.</summary>
/// <param name="message">What was tried and what went wrong.</param>
/// <param name="error">The system's reason.</param>
/// <param name="inner">The exception underneath.</param>
public sealed class NetworkException(string message, SocketError error = SocketError.SocketError, Exception? inner = null)
    : ShoalException(message, inner)
{
    /// <summary>The system's reason.</summary>
    public SocketError Error { get; } = error;
}
