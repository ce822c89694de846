using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <content>Messages: ours, and those that arrive.</content>
internal sealed partial class GossipsubCore
{
    /// <summary>Bytes of a sequence number (pubsub specification).</summary>
    internal const int SequenceNumberBytes = 8;

    /// <summary>A message that is being validated, and who has it besides the peer that brought it.</summary>
    private sealed class Pending(GossipMessage message)
    {
        internal GossipMessage Message { get; } = message;

        internal List<PeerId>? Others { get; set; }
    }

    private readonly SeenCache _seen;
    private readonly MessageCache _cache;
    private readonly Dictionary<MessageId, Pending> _pending = [];

    /// <summary>Publishes a message of ours.</summary>
    internal PublishOutcome Publish(TimeSpan now, GossipMessage message)
    {
        if (!_seen.Add(now, message.Id)) return PublishOutcome.Duplicate;
        _cache.Put(message);
        TopicState? topic = _topics.Find(message.Topic);
        if (_options.DeliverOwnMessages && topic?.Mesh is not null) _actions.Enqueue(new DeliverMessage(message, _self));
        if (_peers.Count == 0) return PublishOutcome.NoPeers;
        if (topic is null || topic.Subscribers.Count == 0) return PublishOutcome.NoSubscribers;

        List<PeerId> recipients = [];
        foreach (PeerState peer in OwnRecipients(now, topic).ToArray())
            if (!peer.DontWant.Contains(message.Id)) recipients.Add(peer.Id);
        if (recipients.Count == 0) return PublishOutcome.OnlyBadPeers;
        _actions.Enqueue(new SendMessage(recipients, message, Own: true));
        return PublishOutcome.Sent;
    }

    /// <summary>Takes an RPC of a peer. Its slices need to be valid during this call only.</summary>
    internal void OnRpc(TimeSpan now, PeerId from, Rpc rpc)
    {
        if (!_peers.TryGetValue(from, out PeerState? peer))
        {
            OnLastWords(from, rpc);
            return;
        }

        if (!peer.IsExplicit && Score(peer) < _options.GraylistThreshold) return;
        foreach (SubscriptionChange change in rpc.Subscriptions) OnSubscription(now, peer, change);
        foreach (MessageFields message in rpc.Publish) OnMessage(peer, message);
        FlushIDontWant();
        if (!rpc.HasControl || !peer.SpeaksGossipsub) return;
        OnIHave(now, peer, rpc.IHave);
        OnIWant(peer, rpc.IWant);
        OnGraft(now, peer, rpc.Graft);
        OnPrune(now, peer, rpc.Prune);
        OnIDontWant(peer, rpc.IDontWant);
    }

    /// <summary>Takes the verdict on a message that was to be validated.</summary>
    internal void OnValidated(TimeSpan now, GossipMessage message, PeerId from, MessageVerdict verdict)
    {
        Pending? pending = null;
        if (_pending.TryGetValue(message.Id, out Pending? found) && found.Message == message)
        {
            pending = found;
            _pending.Remove(message.Id);
        }

        if (verdict == MessageVerdict.WrongSignature)
        {
            OnWrongSignature(from);
            return;
        }

        if (verdict == MessageVerdict.Reject && _peers.TryGetValue(from, out PeerState? peer)) peer.InvalidMessages++;

        // Only now, for a wrong signature must not keep the right message out.
        if (!_seen.Add(now, message.Id) || verdict != MessageVerdict.Accept) return;
        _cache.Put(message);
        if (_topics.Find(message.Topic) is not { Mesh: not null } topic) return;
        _actions.Enqueue(new DeliverMessage(message, from));
        Forward(topic, message, from, pending?.Others);
    }

    /// <summary>What a peer said right before it went: its messages count, the rest does not matter any more.</summary>
    private void OnLastWords(PeerId from, Rpc rpc)
    {
        if (rpc.Publish.Count == 0 || _score(from) < _options.GraylistThreshold) return;
        var gone = new PeerState(from, _nextOrdinal++, PubsubProtocol.Floodsub, outbound: false, isExplicit: false, _options.IDontWantTurns);
        foreach (MessageFields message in rpc.Publish) OnMessage(gone, message);
        FlushIDontWant();
    }

    /// <summary>Checks what is cheap; what is new after that is copied and validated.</summary>
    private void OnMessage(PeerState peer, in MessageFields fields)
    {
        if (fields.Topic is not { } name || _topics.Find(name.Span) is not { Mesh: not null } topic) return;
        if (!TryAuthor(fields, out PeerId? author) || !TryId(topic, fields, out MessageId id))
        {
            peer.InvalidMessages++;
            return;
        }

        FulfilPromises(id);
        if (author == _self || _seen.Contains(id)) return;
        if (_pending.TryGetValue(id, out Pending? pending) && pending.Message.SameAs(fields))
        {
            (pending.Others ??= []).Add(peer.Id);
            return;
        }

        var message = GossipMessage.Copy(fields, _identity.BytesOf(topic.Name, fields), topic.Name, author);
        _pending.TryAdd(id, new Pending(message));
        NoteIDontWant(peer, topic, message);
        _actions.Enqueue(new ValidateMessage(message, peer.Id));
    }

    /// <summary>Says whether the fields are those that the signature policy wants, all of them and no others.</summary>
    private bool TryAuthor(in MessageFields fields, out PeerId? author)
    {
        author = null;
        if (_options.SignaturePolicy == SignaturePolicy.StrictNoSign)
            return fields is { From: null, SequenceNumber: null, Signature: null, Key: null };

        // js-libp2p's floodsub leaves out leading zero bytes of the sequence number: one message in 256 has but seven.
        if (fields is not { From: { } from, SequenceNumber.Length: > 0 and <= SequenceNumberBytes, Signature.Length: > 0 }) return false;
        if (!PeerId.TryRead(from.Span, out PeerId id)) return false;
        author = id;
        return true;
    }

    private bool TryId(TopicState topic, in MessageFields fields, out MessageId id)
    {
        try
        {
            id = _identity.Of(topic.Name, fields);
            return true;
        }
        catch (Exception) when (_options.MessageId is not null)
        {
            // The application's function could not cope with what a stranger sent.
            id = default;
            return false;
        }
    }

    private void OnWrongSignature(PeerId from)
    {
        if (!_peers.TryGetValue(from, out PeerState? peer)) return;
        peer.InvalidMessages++;
        if (++peer.WrongSignatures == _options.MaxWrongSignatures)
            _actions.Enqueue(new DisconnectPeer(from, $"{peer.WrongSignatures} messages with a wrong signature"));
    }

    private void Forward(TopicState topic, GossipMessage message, PeerId from, List<PeerId>? others)
    {
        List<PeerId>? recipients = null;
        foreach (PeerState peer in topic.AlwaysServed)
            if (peer.IsExplicit || Score(peer) >= _options.PublishThreshold) Add(peer);
        foreach (PeerState peer in topic.Mesh!) Add(peer);
        if (recipients is not null) _actions.Enqueue(new SendMessage(recipients, message, Own: false));

        void Add(PeerState peer)
        {
            if (peer.Id == from || peer.Id == message.Author || peer.DontWant.Contains(message.Id)) return;
            if (others is not null && others.Contains(peer.Id)) return;
            (recipients ??= []).Add(peer.Id);
        }
    }

    /// <summary>Who gets a message of ours: everybody, or explicit and floodsub peers and the mesh or fan-out.</summary>
    private PeerSet OwnRecipients(TimeSpan now, TopicState topic)
    {
        var recipients = new PeerSet();
        foreach (PeerState peer in _options.FloodPublish ? topic.Subscribers : topic.AlwaysServed)
            if (peer.IsExplicit || Score(peer) >= _options.PublishThreshold) recipients.Add(peer);

        if (_options.FloodPublish) return recipients;
        if (topic.Mesh is { } mesh)
        {
            foreach (PeerState peer in mesh) recipients.Add(peer);
            if (mesh.Count < _options.MeshLow)
                foreach (PeerState peer in PublishCandidates(topic, mesh, _options.MeshSize - mesh.Count)) recipients.Add(peer);
            return recipients;
        }

        if (topic.Fanout is null)
        {
            topic.Fanout = new PeerSet();
            _fanouts.Add(topic);
        }

        topic.LastPublished = now;
        FillFanout(topic);
        foreach (PeerState peer in topic.Fanout) recipients.Add(peer);
        return recipients;
    }

    private void FillFanout(TopicState topic)
    {
        PeerSet fanout = topic.Fanout!;
        foreach (PeerState peer in PublishCandidates(topic, fanout, _options.MeshSize - fanout.Count)) fanout.Add(peer);
    }

    /// <summary>Random subscribers that would take a message and are not in <paramref name="except"/>.</summary>
    private List<PeerState> PublishCandidates(TopicState topic, PeerSet except, int count)
    {
        if (count <= 0) return [];
        List<PeerState> candidates = [];
        foreach (PeerState peer in topic.Subscribers)
            if (peer.SpeaksGossipsub && !peer.IsExplicit && !except.Contains(peer) && Score(peer) >= _options.PublishThreshold)
                candidates.Add(peer);
        Choose(candidates, count);
        return candidates;
    }
}
