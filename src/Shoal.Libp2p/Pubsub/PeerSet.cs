namespace Shoal.Libp2p.Pubsub;

/// <summary>A set of peers in the order in which they connected.</summary>
/// <remarks>The order is what makes the core repeatable: a hash set's would differ from run to run.</remarks>
internal sealed class PeerSet
{
    private readonly List<PeerState> _peers = [];

    internal int Count => _peers.Count;

    internal PeerState this[int index] => _peers[index];

    public List<PeerState>.Enumerator GetEnumerator() => _peers.GetEnumerator();

    internal bool Contains(PeerState peer) => Find(peer) >= 0;

    /// <summary>False when the peer is in the set already.</summary>
    internal bool Add(PeerState peer)
    {
        int at = Find(peer);
        if (at >= 0) return false;
        _peers.Insert(~at, peer);
        return true;
    }

    /// <summary>False when the peer is not in the set.</summary>
    internal bool Remove(PeerState peer)
    {
        int at = Find(peer);
        if (at < 0) return false;
        _peers.RemoveAt(at);
        return true;
    }

    /// <summary>A copy that does not change while the set does.</summary>
    internal PeerState[] ToArray() => [.. _peers];

    /// <summary>The peers' ids, in order.</summary>
    internal PeerId[] Ids()
    {
        var ids = new PeerId[_peers.Count];
        for (int i = 0; i < ids.Length; i++) ids[i] = _peers[i].Id;
        return ids;
    }

    private int Find(PeerState peer)
    {
        int low = 0, high = _peers.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long order = _peers[middle].Ordinal - peer.Ordinal;
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
