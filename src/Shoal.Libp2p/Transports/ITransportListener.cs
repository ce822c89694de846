using Shoal.Net;

namespace Shoal.Libp2p.Transports;

/// <summary>Takes in the raw connections that others dial.</summary>
internal interface ITransportListener : IAsyncDisposable
{
    /// <summary>Where it listens, with the port that was chosen. Addresses that stand for all interfaces stay as they are.</summary>
    Multiaddr LocalAddress { get; }

    /// <summary>Waits for the next connection.</summary>
    /// <returns>The connection, owned by the caller, and where it comes from.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled or the listener disposed.</exception>
    ValueTask<(NetConnection Connection, Multiaddr Remote)> AcceptAsync(CancellationToken cancellationToken);
}
