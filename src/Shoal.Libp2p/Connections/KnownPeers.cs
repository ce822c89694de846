using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Protocols;

namespace Shoal.Libp2p.Connections;

/// <summary>Keeps the peer store in step with what the node learns.</summary>
internal sealed class PeerBook(PeerId self, string? file, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<PeerId, IReadOnlyList<Multiaddr>> _addresses = new();

    internal PeerStore Store { get; } = new();

    internal IReadOnlyList<Multiaddr> AddressesOf(PeerId peer) => _addresses.GetValueOrDefault(peer) ?? [];

    internal void OnConnected(Libp2pConnection connection)
    {
        if (connection.Direction == Direction.Outbound) _addresses.TryAdd(connection.RemotePeer, [connection.RemoteAddress]);
    }

    internal void OnDisconnected(PeerId peer)
    {
        _ = (peer, self);
    }

    internal void OnDiscovered(PeerId peer, IReadOnlyList<Multiaddr> addresses) => _addresses[peer] = addresses;

    internal void OnIdentified(PeerId peer, IdentifiedPeer identified) => _addresses[peer] = identified.Info.ListenAddresses;

    public ValueTask DisposeAsync()
    {
        _ = (self, file, time, log);
        return ValueTask.CompletedTask;
    }
}
