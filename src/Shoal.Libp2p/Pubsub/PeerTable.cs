using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Pubsub;

/// <summary>The peers that speak pubsub, for events and streams on any thread.</summary>
internal sealed class PeerTable
{
    private readonly Lock _sync = new();
    private readonly Dictionary<PeerId, PubsubPeer> _peers = [];
    private bool _closed;

    /// <summary>All of them.</summary>
    internal PubsubPeer[] All
    {
        get
        {
            lock (_sync) return [.. _peers.Values];
        }
    }

    internal bool TryFind(PeerId id, [MaybeNullWhen(false)] out PubsubPeer peer)
    {
        lock (_sync) return _peers.TryGetValue(id, out peer);
    }

    /// <summary>Gives the peer, made if it is new; null when pubsub is closing.</summary>
    internal PubsubPeer? FindOrAdd(PeerId id, Func<PubsubPeer> make, out bool added)
    {
        lock (_sync)
        {
            added = false;
            if (_closed) return null;
            if (_peers.TryGetValue(id, out PubsubPeer? known)) return known;
            added = true;
            return _peers[id] = make();
        }
    }

    /// <summary>Removes exactly this peer. False when it is not there, or another object stands for it.</summary>
    internal bool Remove(PubsubPeer peer)
    {
        lock (_sync) return _peers.TryGetValue(peer.Id, out PubsubPeer? known) && known == peer && _peers.Remove(peer.Id);
    }

    /// <summary>Takes no more peers.</summary>
    internal void Close()
    {
        lock (_sync) _closed = true;
    }
}
