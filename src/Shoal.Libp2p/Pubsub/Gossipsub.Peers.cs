using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Pubsub.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <content>Peers come and go.</content>
public sealed partial class Gossipsub
{
    /// <summary>Inbound streams per protocol and connection that the node lets through; all but the newest are closed here.</summary>
    private const int MaxInboundStreams = 4;

    private readonly PeerTable _peers = new();
    private readonly TaskTracker _tasks = new();

    private void Attach()
    {
        int attached = 0;
        try
        {
            foreach (string protocol in PubsubProtocols.Ids)
            {
                _node.Handle(protocol, MaxInboundStreams, ServeAsync);
                attached++;
            }
        }
        catch (ArgumentException)
        {
            foreach (string protocol in PubsubProtocols.Ids.Take(attached)) _node.Unhandle(protocol);
            _loop.Close();
            throw;
        }

        _node.PeerIdentified += OnIdentified;
        _node.PeerDisconnected += OnDisconnected;
        foreach (Libp2pConnection connection in _node.Connections)
            if (connection.Identity is { } identity) OnIdentified(connection.RemotePeer, identity);
    }

    /// <summary>Lets queued frames go out for a while, then ends all streams.</summary>
    private async Task DetachAsync()
    {
        foreach (string protocol in PubsubProtocols.Ids) _node.Unhandle(protocol);
        _node.PeerIdentified -= OnIdentified;
        _node.PeerDisconnected -= OnDisconnected;
        _peers.Close();

        var said = new TaskCompletionSource(_inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_loop.Post(() => said.TrySetResult())) said.TrySetResult();
        await said.Task.ConfigureAwait(false);
        PubsubPeer[] peers = _peers.All;
        foreach (PubsubPeer peer in peers) peer.Complete();
        using (var enough = new CancellationTokenSource())
        {
            Task written = Task.WhenAll(peers.Select(peer => peer.Writing));
            await Task.WhenAny(written, _node.Time.DelayAsync(_options.CloseTimeout, enough.Token)).ConfigureAwait(false);
            enough.Cancel();
        }

        foreach (PubsubPeer peer in peers) peer.Abort();
        await Task.WhenAll(peers.Select(peer => peer.Writing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tasks.DrainAsync(_options.CloseTimeout, _node.Time).ConfigureAwait(false);
    }

    private void OnIdentified(PeerId id, IdentifyInfo info)
    {
        if (PubsubProtocols.Best(info.Protocols) is not { } best) return;
        if (_context.ConnectionTo(id) is { } connection) FindOrAdd(connection, best);
    }

    private void OnDisconnected(PeerId id)
    {
        // A new connection may be there before the news of the old one's end: then its streams go on here.
        if (_peers.TryFind(id, out PubsubPeer? peer) && _context.ConnectionTo(id) is null) Drop(peer, listenOn: true);
    }

    private void OnGivenUp(PubsubPeer peer) => Drop(peer, listenOn: false);

    /// <summary>Serves a stream of a peer, which may come before we know what else the peer speaks.</summary>
    private async Task ServeAsync(Libp2pStream stream, CancellationToken _)
    {
        if (FindOrAdd(stream.Connection, stream.Protocol) is not { } peer) return;
        if (_context.ConnectionTo(peer.Id) is null) Drop(peer, listenOn: true); // Gone meanwhile; nobody will tell us.
        await peer.ReadAsync(stream).ConfigureAwait(false);
    }

    private PubsubPeer? FindOrAdd(Libp2pConnection connection, string protocol)
    {
        PubsubProtocol speaks = PubsubProtocols.Parse(protocol);
        PubsubPeer? peer = _peers.FindOrAdd(
            connection.RemotePeer,
            () => new PubsubPeer(_context, connection.RemotePeer, speaks, connection.Direction == Direction.Outbound),
            out bool added);
        if (peer is null || !added) return peer;

        PubsubLog.PeerThere(_log, peer.Id, speaks);
        _loop.Post(() => _core.OnPeerConnected(peer.Id, speaks, peer.Outbound));
        peer.Start();
        return peer;
    }

    /// <summary>Forgets a peer and stops writing to it.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="listenOn">True: what it sent before it went is still read, to the end of its stream.</param>
    private void Drop(PubsubPeer peer, bool listenOn)
    {
        if (!_peers.Remove(peer)) return;
        _loop.Post(() =>
        {
            _core.OnPeerDisconnected(peer.Id);
            // It may be back already, and its coming may have been posted before this.
            if (_peers.TryFind(peer.Id, out PubsubPeer? again)) _core.OnPeerConnected(again.Id, again.Protocol, again.Outbound);
        });
        if (listenOn) peer.StopWriting();
        else peer.Abort();
    }

    private void OnRpc(PubsubPeer peer, Rpc rpc)
    {
        _speaking = peer;
        // Who noticed the peer may not have posted its coming yet, while another thread reads from it already; what it
        // subscribes to is said only once.
        if (_core.FindPeer(peer.Id) is null && _peers.TryFind(peer.Id, out PubsubPeer? known) && known == peer)
            _core.OnPeerConnected(peer.Id, peer.Protocol, peer.Outbound);
        _core.OnRpc(Now, peer.Id, rpc);
        _loop.Drain();
    }

    private void OnValidated(GossipMessage message, PubsubPeer from, MessageVerdict verdict)
    {
        bool open = _loop.Post(() =>
        {
            if (verdict != MessageVerdict.Accept) PubsubLog.MessageInvalid(_log, from.Id, message.Topic, verdict);
            _core.OnValidated(Now, message, from.Id, verdict);
            from.OnValidated();
        });
        if (!open) from.OnValidated();
    }
}
