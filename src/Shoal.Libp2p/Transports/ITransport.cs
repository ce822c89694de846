using Shoal.Net;

namespace Shoal.Libp2p.Transports;

/// <summary>A way to carry raw connections between two multiaddrs: TCP, memory.</summary>
/// <remarks>Addresses may end in <c>/p2p/id</c>; a transport pays no attention to that part.</remarks>
internal interface ITransport
{
    /// <summary>True when <see cref="DialAsync"/> understands the address. Says nothing about anybody being there.</summary>
    bool CanDial(Multiaddr address);

    /// <summary>Opens a raw connection.</summary>
    /// <exception cref="NetworkException">Nobody listens there, or the way there is broken.</exception>
    /// <exception cref="ArgumentException">The address is none that <see cref="CanDial"/> accepts.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<NetConnection> DialAsync(Multiaddr address, CancellationToken cancellationToken);

    /// <summary>True when <see cref="Listen"/> understands the address.</summary>
    bool CanListen(Multiaddr address);

    /// <summary>Listens for raw connections.</summary>
    /// <exception cref="NetworkException">The address is taken, or not ours.</exception>
    /// <exception cref="ArgumentException">The address is none that <see cref="CanListen"/> accepts.</exception>
    ITransportListener Listen(Multiaddr address);
}
