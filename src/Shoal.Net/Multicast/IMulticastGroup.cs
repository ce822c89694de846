using System.Net;

namespace Shoal.Net.Multicast;

/// <summary>One datagram that came to a group.</summary>
/// <param name="Length">Its bytes in the buffer that was given.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="IsFromThisHost">True when the source address is one of this host's own.</param>
public readonly record struct MulticastDatagram(int Length, IPEndPoint Source, bool IsFromThisHost);

/// <summary>Membership in a multicast group on every interface of this host: UDP sockets, or their twin in a test.</summary>
/// <remarks>One receive, and beside it one send or update, may be in flight at a time.</remarks>
public interface IMulticastGroup : IAsyncDisposable
{
    /// <summary>Looks at the host's interfaces again and joins on new ones. True when an interface or an address of one is new.</summary>
    bool UpdateInterfaces();

    /// <summary>Receives one datagram that was sent to the group; those sent to this host alone are passed over.</summary>
    /// <exception cref="NetworkException">The socket broke.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<MulticastDatagram> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends one datagram to the group, out of each interface; the members on this host hear it too.</summary>
    /// <returns>Out of how many interfaces it went.</returns>
    ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
