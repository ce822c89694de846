using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Protocols;

namespace Shoal.Libp2p.Connections;

/// <summary>Keeps the peer store, and its file, in step with what the node learns.</summary>
internal sealed class KnownPeers(PeerStore store, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Changes are collected for so long before the file is written. Default: 30 s (ours).</summary>
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(30);

    private readonly TaskTracker _tasks = new();
    private long _saved = time.GetTimestamp();

    internal PeerStore Store => store;

    /// <summary>Where to dial a peer, best first.</summary>
    internal IReadOnlyList<Multiaddr> AddressesOf(PeerId peer) => store.Find(peer)?.Addresses ?? [];

    internal void OnDiscovered(PeerId peer, IReadOnlyList<Multiaddr> addresses) => store.AddAddresses(peer, addresses);

    internal void OnDialFailed(PeerId peer, Multiaddr address) => store.OnDialFailed(peer, address);

    internal void OnOpened(Libp2pConnection connection)
    {
        if (connection.Direction == Direction.Outbound) store.OnDialSucceeded(connection.RemotePeer, connection.RemoteAddress);
    }

    internal void OnConnected(PeerId peer) => store.Pin(peer);

    internal void OnDisconnected(PeerId peer) => store.Unpin(peer);

    internal void OnIdentified(PeerId peer, IdentifiedPeer identified)
    {
        store.SetIdentify(peer, identified.Info);
        if (identified.Record is { } record) store.AddCheckedRecord(record, identified.Envelope);
    }

    /// <summary>Saves when it is time.</summary>
    internal void OnHousekeeping()
    {
        if (time.GetElapsedTime(_saved) < SaveEvery) return;
        _saved = time.GetTimestamp();
        _tasks.Own(store.SaveAsync(CancellationToken.None));
    }

    /// <summary>Saves for the last time.</summary>
    public async ValueTask DisposeAsync()
    {
        await store.SaveAsync(CancellationToken.None).ConfigureAwait(false);
        await _tasks.DrainAsync(SaveEvery, time).ConfigureAwait(false);
    }
}
