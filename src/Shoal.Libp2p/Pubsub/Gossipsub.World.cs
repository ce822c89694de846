using Shoal.Libp2p.Peers;
using Shoal.Libp2p.Pubsub.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <content>What the core wants done. All of this runs in the core's loop.</content>
public sealed partial class Gossipsub : IGossipWorld
{
    private readonly List<PubsubPeer> _dirty = [];
    private readonly List<TopicState> _changed = [];
    private readonly List<PeerId> _accepted = [];
    private PubsubPeer? _speaking;
    private int _refused;
    private int _exchangeDials;

    void IGossipWorld.Carry(GossipAction action)
    {
        switch (action)
        {
            case SendMessage send:
                Send(send);
                break;
            case SendControl send:
                Send(send);
                break;
            case ValidateMessage validate:
                // Only an RPC brings messages, and what it leads to is carried out before the next one: this is its sender.
                _speaking!.OnValidating();
                _validation.Add(validate.Message, _speaking);
                break;
            case DeliverMessage deliver:
                Deliver(deliver);
                break;
            case ReportSubscription report:
                PubsubLog.SubscriptionHeard(_log, report.Peer, report.Subscribed ? "joins" : "leaves", report.Topic);
                _reports.Enqueue(report);
                break;
            case ConnectPeer connect:
                Connect(connect);
                break;
            case DisconnectPeer disconnect:
                PubsubLog.PeerExpelled(_log, disconnect.Peer, disconnect.Reason);
                _tasks.Own(_node.DisconnectAsync(disconnect.Peer));
                break;
        }
    }

    void IGossipWorld.EndTurn()
    {
        foreach (PubsubPeer peer in _dirty)
        {
            peer.Dirty = false;
            peer.Outbox.Wake();
        }

        _dirty.Clear();
        _core.TakeChanged(_changed);
        foreach (TopicState topic in _changed) _views.Update(topic);
        _changed.Clear();

        // Told only now: who hears of a peer finds him among the subscribers.
        while (_reports.TryDequeue(out ReportSubscription? report)) SubscriptionChanged?.Invoke(report.Peer, report.Topic, report.Subscribed);
    }

    private PublishResult Publish(GossipMessage message)
    {
        _accepted.Clear();
        _refused = 0;
        PublishOutcome outcome = _core.Publish(Now, message);
        _loop.Drain();
        string? reason = outcome switch
        {
            PublishOutcome.Duplicate => "The message is a duplicate: one with the same id was seen lately.",
            PublishOutcome.NoPeers when _node.ConnectedPeers.Count == 0 => "No peer is connected.",
            PublishOutcome.NoPeers => "None of the connected peers speaks pubsub (or has not said so yet).",
            PublishOutcome.NoSubscribers => $"None of the {_core.PeerCount} connected peers is subscribed to {message.Topic}.",
            PublishOutcome.OnlyBadPeers => $"No subscribed peer of {message.Topic} takes it: all have it already or have too low a score.",
            _ when _accepted.Count == 0 => $"The queues to all {_refused} subscribed peers are full.",
            _ => null,
        };
        return new PublishResult([.. _accepted], reason) { QueuesFull = _refused };
    }

    private void Send(SendMessage send)
    {
        PubsubLog.MessageSent(_log, send.Message.Topic, send.Message.Data.Length, send.To.Count);
        for (int i = 0; i < send.To.Count; i++)
        {
            bool queued = _peers.TryFind(send.To[i], out PubsubPeer? peer) && Queue(peer, send.Message.Frame, send.Own);
            if (!send.Own) continue;
            if (queued) _accepted.Add(send.To[i]);
            else _refused++;
        }
    }

    private void Send(SendControl send)
    {
        Rpc rpc = send.Rpc;
        PubsubLog.ControlSent(
            _log, send.To, rpc.Graft.Count, rpc.Prune.Count, rpc.IHave.Count, rpc.IWant.Count, rpc.IDontWant.Count, rpc.Subscriptions.Count);
        if (!_peers.TryFind(send.To, out PubsubPeer? peer) || Queue(peer, RpcWriter.WriteFrame(rpc), send.Essential) || !send.Essential) return;

        // Without its subscriptions and grafts our picture of each other would be wrong for ever.
        PubsubLog.PeerStuck(_log, send.To);
        Drop(peer, listenOn: false);
        _tasks.Own(_node.DisconnectAsync(send.To));
    }

    private bool Queue(PubsubPeer peer, byte[] frame, bool first)
    {
        if (!peer.Outbox.TryAdd(frame, first)) return false;
        if (peer.Dirty) return true;
        peer.Dirty = true;
        _dirty.Add(peer);
        return true;
    }

    private void Deliver(DeliverMessage deliver)
    {
        GossipMessage message = deliver.Message;
        PubsubLog.MessageDelivered(_log, message.Author, message.Topic, message.Data.Length, deliver.From);
        Subscription[] subscriptions = _subscriptions.Of(message.Topic);
        if (subscriptions.Length == 0) return;
        PubsubMessage seen = message.ToPublic(deliver.From);
        foreach (Subscription subscription in subscriptions) subscription.Deliver(seen);
    }

    private void Connect(ConnectPeer connect)
    {
        if (_stop.IsCancellationRequested) return;
        bool exchange = !connect.SignedRecord.IsEmpty;
        if (exchange && (_exchangeDials >= _options.MaxExchangeDials
            || _node.Peers.AddSignedRecord(connect.Peer, connect.SignedRecord.Span) == SignedRecordOutcome.Invalid)) return;

        if (exchange) _exchangeDials++;
        _tasks.Own(ConnectAsync(connect.Peer, exchange));
    }

    private async Task ConnectAsync(PeerId peer, bool exchange)
    {
        try
        {
            await _node.ConnectAsync(peer, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ShoalException or OperationCanceledException or ObjectDisposedException)
        {
            PubsubLog.ConnectFailed(_log, peer, e.Message);
        }

        if (exchange) _loop.Post(() => _exchangeDials--);
    }

    private ReadOnlyMemory<byte> SignedRecordOf(PeerId peer) => _node.Peers.Find(peer)?.SignedRecord ?? default;
}
