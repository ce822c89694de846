namespace Shoal.Libp2p.Connections;

/// <summary>
/// The connections of a node, by peer, and which of several with one peer is used.
/// </summary>
/// <remarks>
/// <para>When two peers dial each other at the same moment, both dials succeed. Neither is closed, since streams may be open on
/// both; but new streams go where both sides agree: on the connection dialled by the peer whose id is smaller, byte by byte.
/// The other one is spare. The peer that dialled the spare closes it when no stream has been open on it for a while; only
/// that peer, so that the two do not close one each.</para>
/// <para>In all other cases the newest connection is used: the older one may be dead without anybody having noticed.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
internal sealed class ConnectionRegistry(PeerId self)
{
    /// <summary>Connections in opposite directions that came up within this time were dialled at the same moment. 10 s: a handshake's time-out.</summary>
    internal static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(10);

    private readonly Dictionary<PeerId, Libp2pConnection[]> _byPeer = [];
    private readonly SortedSet<Libp2pConnection> _all = new(Comparer<Libp2pConnection>.Create((a, b) => a.Number.CompareTo(b.Number)));

    /// <summary>All connections, oldest first.</summary>
    internal Libp2pConnection[] All => [.. _all];

    /// <summary>All peers, in the order of their oldest connection.</summary>
    internal PeerId[] Peers => [.. _all.Where(c => ReferenceEquals(_byPeer[c.RemotePeer][0], c)).Select(c => c.RemotePeer)];

    /// <summary>Connections with one peer, oldest first.</summary>
    internal ReadOnlySpan<Libp2pConnection> Of(PeerId peer) => _byPeer.TryGetValue(peer, out Libp2pConnection[]? some) ? some : [];

    /// <summary>Adds a connection.</summary>
    /// <returns>True when it is the peer's first.</returns>
    internal bool Add(Libp2pConnection connection)
    {
        ReadOnlySpan<Libp2pConnection> before = Of(connection.RemotePeer);
        _byPeer[connection.RemotePeer] = [.. before, connection];
        _all.Add(connection);
        return before.IsEmpty;
    }

    /// <summary>Removes a connection.</summary>
    /// <returns>True when it was the peer's last.</returns>
    internal bool Remove(Libp2pConnection connection)
    {
        if (!_all.Remove(connection)) return false;
        Libp2pConnection[] left = [.. _byPeer[connection.RemotePeer].Where(c => !ReferenceEquals(c, connection))];
        if (left.Length > 0) _byPeer[connection.RemotePeer] = left;
        else _byPeer.Remove(connection.RemotePeer);
        return left.Length == 0;
    }

    /// <summary>The connection that new streams to a peer use; null when there is none that is not closing.</summary>
    internal Libp2pConnection? Preferred(PeerId peer)
    {
        ReadOnlySpan<Libp2pConnection> some = Of(peer);
        Libp2pConnection? best = null;
        for (int i = some.Length - 1; i >= 0; i--)
        {
            if (!some[i].IsOpen) continue;
            if (best is null) best = some[i];
            else if (IsCrossDial(best, some[i]) && IsDialledBySmaller(some[i])) return some[i];
        }

        return best;
    }

    /// <summary>True for the connection of a cross-dial that is ours to close once it is idle.</summary>
    internal bool IsOursToClose(Libp2pConnection connection)
    {
        if (connection.Direction != Direction.Outbound || IsDialledBySmaller(connection)) return false;
        foreach (Libp2pConnection other in Of(connection.RemotePeer))
            if (IsCrossDial(connection, other)) return true;
        return false;
    }

    private static bool IsCrossDial(Libp2pConnection a, Libp2pConnection b) =>
        a.Direction != b.Direction && (a.Since - b.Since).Duration() <= SameMoment;

    private bool IsDialledBySmaller(Libp2pConnection connection)
    {
        bool weAreSmaller = self.Bytes.SequenceCompareTo(connection.RemotePeer.Bytes) < 0;
        return weAreSmaller == (connection.Direction == Direction.Outbound);
    }
}
