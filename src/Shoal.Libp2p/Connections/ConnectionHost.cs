using System.Net;
using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Connections;

/// <summary>
/// Owns a node's connections: lets them in within the limits, watches over each until it is gone, and says who came and went.
/// </summary>
internal sealed class ConnectionHost(PeerId self, ConnectionLimits limits, ConnectionServices services)
{
    private readonly Lock _sync = new();
    private readonly ConnectionRegistry _registry = new(self);
    private readonly ConnectionGate _gate = new(limits);
    private readonly TaskTracker _tasks = new();
    private readonly long _start = services.Time.GetTimestamp();
    private long _count;
    private bool _isClosed;

    /// <summary>Raises the events of the node.</summary>
    internal EventQueue Events { get; } = new(services.Log);

    /// <summary>The first connection to a peer came up. Raised by <see cref="Events"/>.</summary>
    internal event Action<Libp2pConnection>? PeerConnected;

    /// <summary>The last connection to a peer is gone. Raised by <see cref="Events"/>.</summary>
    internal event Action<PeerId>? PeerDisconnected;

    /// <summary>A connection came up and reads.</summary>
    internal event Action<Libp2pConnection>? Opened;

    /// <summary>Monotonic time since the node started.</summary>
    internal TimeSpan Now => services.Time.GetElapsedTime(_start);

    /// <summary>All connections, oldest first.</summary>
    internal Libp2pConnection[] All { get { lock (_sync) return _registry.All; } }

    /// <summary>All peers, first come first.</summary>
    internal PeerId[] Peers { get { lock (_sync) return _registry.Peers; } }

    /// <summary>Connections counted, those in their handshake included.</summary>
    internal int Count { get { lock (_sync) return _gate.Count; } }

    /// <summary>The connection that new streams to a peer use; null when there is none.</summary>
    internal Libp2pConnection? Preferred(PeerId peer)
    {
        lock (_sync) return _registry.Preferred(peer);
    }

    /// <summary>All connections to a peer, oldest first.</summary>
    internal Libp2pConnection[] Of(PeerId peer)
    {
        lock (_sync) return _registry.Of(peer).ToArray();
    }

    /// <summary>Lets an inbound connection into its handshake, or says why not.</summary>
    internal string? EnterInbound(IPAddress? from)
    {
        lock (_sync) return _isClosed ? "the node closes" : _gate.TryEnterInbound(from, Now);
    }

    /// <summary>Notes that an inbound connection failed in its handshake.</summary>
    internal void OnInboundFailed(IPAddress? from)
    {
        lock (_sync)
        {
            _gate.OnHandshakeOver();
            _gate.Leave(from);
        }
    }

    /// <summary>Throws when one more outbound connection would be refused: better before the dial than after it.</summary>
    /// <exception cref="LimitExceededException">There are too many connections.</exception>
    internal void CheckRoom()
    {
        lock (_sync)
            if (_gate.Count >= limits.MaxConnections)
                throw new LimitExceededException("no room for another connection: " + ConnectionGate.Refusal(nameof(ConnectionLimits.MaxConnections), limits.MaxConnections));
    }

    /// <summary>Takes over a connection whose handshakes are done, or gives the one there is in its place.</summary>
    /// <param name="upgraded">The connection; dropped when it is not let in.</param>
    /// <param name="ends">Where its ends are.</param>
    /// <param name="always">Whether to keep it even though another of the same direction is there.</param>
    /// <exception cref="LimitExceededException">There are too many connections.</exception>
    /// <exception cref="PeerIdentityException">The peer is this node itself.</exception>
    /// <exception cref="ConnectionClosedException">The node closes.</exception>
    internal Libp2pConnection Admit(UpgradedConnection upgraded, ConnectionEnds ends, bool always = false)
    {
        Libp2pConnection? connection = null, existing = null;
        Libp2pException? refusal;
        lock (_sync)
        {
            if (!always && ends.Direction == Direction.Outbound) existing = Reusable(upgraded.RemotePeer);
            refusal = existing is null ? Judge(upgraded.RemotePeer) : null;
            if (ends.Direction == Direction.Inbound)
            {
                _gate.OnHandshakeOver();
                if (refusal is not null) _gate.Leave(ends.RemoteIP);
            }
            else if (refusal is null && existing is null && _gate.TryEnterOutbound() is { } reason)
            {
                refusal = new LimitExceededException("no room for another connection: " + reason);
            }

            if (refusal is null && existing is null)
            {
                connection = new Libp2pConnection(services, upgraded, ends, ++_count, Now);
                if (_registry.Add(connection)) Events.Post(() => PeerConnected?.Invoke(connection));
            }
        }

        if (connection is null)
        {
            Drop(upgraded, refusal ?? new ConnectionClosedException("another connection to this peer is used"));
            return existing ?? throw refusal!;
        }

        NodeLog.Connected(services.Log, connection.RemotePeer, connection.RemoteAddress, connection.Direction, connection.Security, connection.Muxer);
        Events.Raise();
        connection.Start();
        _tasks.Own(WatchAsync(connection));
        Opened?.Invoke(connection);
        return connection;
    }

    /// <summary>Drops a connection that was not let in.</summary>
    internal void Drop(UpgradedConnection upgraded, Libp2pException reason)
    {
        upgraded.Session.Abort(reason);
        _tasks.Own(upgraded.Session.DisposeAsync().AsTask());
    }

    /// <summary>Closes connections that were idle for too long: see <see cref="ConnectionLimits.IdleTimeout"/> and <see cref="ConnectionLimits.SpareConnectionIdle"/>.</summary>
    internal void Sweep()
    {
        List<Libp2pConnection> idle = [];
        lock (_sync)
        {
            TimeSpan now = Now;
            foreach (Libp2pConnection connection in _registry.All)
            {
                if (connection.StreamCount > 0 || connection.Idle?.StreamsOpened != connection.StreamsOpened)
                    connection.Idle = (connection.StreamsOpened, now);

                TimeSpan since = now - connection.Idle!.Value.Since;
                bool isOver = limits.IdleTimeout != Timeout.InfiniteTimeSpan && since >= limits.IdleTimeout;
                bool isSpare = since >= limits.SpareConnectionIdle && _registry.IsOursToClose(connection);
                if (!isOver && !isSpare) continue;
                NodeLog.ClosingIdle(services.Log, connection.RemotePeer, connection.RemoteAddress, since,
                    isOver ? $"{nameof(ConnectionLimits)}.{nameof(ConnectionLimits.IdleTimeout)}" : $"{nameof(ConnectionLimits)}.{nameof(ConnectionLimits.SpareConnectionIdle)}");
                idle.Add(connection);
            }
        }

        foreach (Libp2pConnection connection in idle) _tasks.Own(connection.CloseAsync());
    }

    /// <summary>Says goodbye on all connections, waits, drops those that linger, and lets nobody in any more.</summary>
    internal async Task CloseAsync()
    {
        Libp2pConnection[] all;
        lock (_sync)
        {
            _isClosed = true;
            all = _registry.All;
        }

        foreach (Libp2pConnection connection in all) _tasks.Own(connection.CloseAsync());
        if (await _tasks.DrainAsync(limits.CloseTimeout, services.Time).ConfigureAwait(false)) return;
        foreach (Libp2pConnection connection in All) connection.Abort(new ConnectionClosedException("the node closes"));
        await _tasks.DrainAsync(limits.CloseTimeout, services.Time).ConfigureAwait(false);
    }

    private Libp2pException? Judge(PeerId peer)
    {
        if (_isClosed) return new ConnectionClosedException("the node closes");
        if (peer == self) return new PeerIdentityException($"{peer} is this node itself; it does not connect to itself");
        return _registry.Of(peer).Length < limits.MaxConnectionsPerPeer
            ? null
            : new LimitExceededException($"no room for another connection to {peer}: " + ConnectionGate.Refusal(nameof(ConnectionLimits.MaxConnectionsPerPeer), limits.MaxConnectionsPerPeer));
    }

    /// <summary>The newest connection that we dialled. One that the peer dialled at the same moment does not count: see <see cref="ConnectionRegistry"/>.</summary>
    private Libp2pConnection? Reusable(PeerId peer)
    {
        ReadOnlySpan<Libp2pConnection> some = _registry.Of(peer);
        for (int i = some.Length - 1; i >= 0; i--)
            if (some[i].Direction == Direction.Outbound && some[i].IsOpen) return some[i];
        return null;
    }

    private async Task WatchAsync(Libp2pConnection connection)
    {
        string reason = "closed";
        try
        {
            await connection.Session.Completion.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever ended it: it is over, and the reason is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reason = e.Message;
        }

        connection.OnOver();
        await connection.Session.DisposeAsync().ConfigureAwait(false);
        NodeLog.Disconnected(services.Log, connection.RemotePeer, connection.RemoteAddress, reason);
        lock (_sync)
        {
            _gate.Leave(connection.Direction == Direction.Inbound ? connection.Ends.RemoteIP : null);
            if (_registry.Remove(connection)) Events.Post(() => PeerDisconnected?.Invoke(connection.RemotePeer));
        }

        Events.Raise();
        connection.OnClosed();
    }
}
