using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <content>Control: gossip (IHAVE, IWANT, IDONTWANT) and the mesh (GRAFT, PRUNE).</content>
internal sealed partial class GossipsubCore
{
    private readonly Dictionary<MessageId, List<(PeerId Peer, TimeSpan Deadline)>> _promises = [];
    private readonly Dictionary<PeerState, List<ReadOnlyMemory<byte>>> _dontWant = [];
    private readonly List<PeerState> _dontWantOrder = [];

    /// <summary>Messages that peers announced, that were asked of them and have not come yet.</summary>
    internal int OpenPromises => _promises.Count;

    private void OnIHave(TimeSpan now, PeerState peer, List<IHave> announcements)
    {
        if (announcements.Count == 0 || Score(peer) < _options.GossipThreshold) return;
        if (++peer.IHaveMessages > _options.MaxIHaveMessages || peer.IdsAsked >= _options.MaxIHaveIds) return;

        List<(MessageId Id, ReadOnlyMemory<byte> Bytes)> wanted = [];
        HashSet<MessageId> once = [];
        foreach (IHave have in announcements)
        {
            if (_topics.Find(have.Topic) is not { Mesh: not null }) continue;
            for (int i = 0; i < have.Ids.Count && i < _options.MaxIHaveIds; i++)
            {
                MessageId id = MessageId.Of(have.Ids[i].Span);
                if (!_seen.Contains(id) && !_pending.ContainsKey(id) && once.Add(id)) wanted.Add((id, have.Ids[i]));
            }
        }

        if (wanted.Count == 0) return;
        AskFor(now, peer, wanted);
    }

    /// <summary>Asks for some of the ids, at random; one of them, at random too, is the promise the peer is held to.</summary>
    private void AskFor(TimeSpan now, PeerState peer, List<(MessageId Id, ReadOnlyMemory<byte> Bytes)> wanted)
    {
        int count = Math.Min(wanted.Count, _options.MaxIHaveIds - peer.IdsAsked);
        peer.IdsAsked += count;
        var rpc = new Rpc();
        int bytes = 0;
        for (int i = 0; i < count; i++)
        {
            int other = _random.Next(i, wanted.Count);
            (wanted[i], wanted[other]) = (wanted[other], wanted[i]);
            if (bytes > _options.ControlRpcBytes)
            {
                _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: false));
                (rpc, bytes) = (new Rpc(), 0);
            }

            // A copy, for the slice dies with the receive buffer.
            rpc.IWant.Add(wanted[i].Bytes.ToArray());
            bytes += wanted[i].Bytes.Length + 4;
        }

        _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: false));
        MessageId promised = wanted[_random.Next(count)].Id;
        if (!_promises.TryGetValue(promised, out var promises)) _promises.Add(promised, promises = []);
        promises.Add((peer.Id, now + _options.IWantFollowUp));
    }

    private void FulfilPromises(in MessageId id)
    {
        if (_promises.Count > 0) _promises.Remove(id);
    }

    private void OnIWant(PeerState peer, List<ReadOnlyMemory<byte>> ids)
    {
        if (ids.Count == 0 || Score(peer) < _options.GossipThreshold) return;
        foreach (ReadOnlyMemory<byte> bytes in ids)
        {
            MessageId id = MessageId.Of(bytes.Span);
            if (_cache.Give(id, peer.Id, _options.GossipRetransmissions) is { } message && !peer.DontWant.Contains(id))
                _actions.Enqueue(new SendMessage([peer.Id], message, Own: false));
        }
    }

    private void OnIDontWant(PeerState peer, List<ReadOnlyMemory<byte>> ids)
    {
        if (ids.Count == 0 || ++peer.IDontWantMessages > _options.MaxIDontWantMessages) return;
        for (int i = 0; i < ids.Count && i < _options.MaxIDontWantIds; i++) peer.DontWant.Add(MessageId.Of(ids[i].Span));
    }

    /// <summary>A large message has come: mesh peers need not send it any more. Even before it is validated.</summary>
    private void NoteIDontWant(PeerState from, TopicState topic, GossipMessage message)
    {
        if (message.Data.Length < _options.IDontWantSize) return;
        foreach (PeerState peer in topic.Mesh!)
        {
            if (peer == from || peer.Protocol < PubsubProtocol.Meshsub12 || peer.Id == message.Author) continue;
            if (!_dontWant.TryGetValue(peer, out List<ReadOnlyMemory<byte>>? ids))
            {
                _dontWant.Add(peer, ids = []);
                _dontWantOrder.Add(peer);
            }

            ids.Add(message.IdBytes);
        }
    }

    private void FlushIDontWant()
    {
        if (_dontWantOrder.Count == 0) return;
        foreach (PeerState peer in _dontWantOrder)
        {
            foreach (ReadOnlyMemory<byte>[] part in _dontWant[peer].Chunk(Math.Max(1, _options.MaxIDontWantIds)))
            {
                var rpc = new Rpc();
                rpc.IDontWant.AddRange(part);
                _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: false));
            }
        }

        _dontWant.Clear();
        _dontWantOrder.Clear();
    }

    private void OnGraft(TimeSpan now, PeerState peer, List<string> names)
    {
        foreach (string name in names)
        {
            // An answer about a topic that we are not in would only teach an attacker.
            if (_topics.Find(name) is not { Mesh: { } mesh } topic || mesh.Contains(peer)) continue;
            if (Refuses(now, peer, topic, out bool exchange))
            {
                AddBackoff(now, peer.Id, topic, _options.PruneBackoff);
                SendPrune(peer, topic, _options.PruneBackoff, exchange);
                continue;
            }

            mesh.Add(peer);
            Touch(topic);
        }
    }

    /// <summary>Says whether a GRAFT is answered with PRUNE, and whether that may name other peers.</summary>
    private bool Refuses(TimeSpan now, PeerState peer, TopicState topic, out bool exchange)
    {
        exchange = false;
        if (peer.IsExplicit) return true;
        if (topic.Backoff.TryGetValue(peer.Id, out TimeSpan until) && now < until)
        {
            TimeSpan pruned = until - _options.PruneBackoff;
            peer.BehaviourPenalties += now < pruned + _options.GraftFloodThreshold ? 2 : 1;
            return true;
        }

        if (Score(peer) < 0) return true;
        exchange = true;
        // Beyond D_high only peers that we chose, or anybody could crowd the mesh.
        return topic.Mesh!.Count >= _options.MeshHigh && !peer.Outbound;
    }

    private void OnPrune(TimeSpan now, PeerState peer, List<Prune> prunes)
    {
        foreach (Prune prune in prunes)
        {
            if (_topics.Find(prune.Topic) is not { Mesh: { } mesh } topic) continue;
            if (mesh.Remove(peer)) Touch(topic);
            TimeSpan backoff = prune.BackoffSeconds is { } seconds and > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, _options.MaxBackoff.TotalSeconds))
                : _options.PruneBackoff;
            AddBackoff(now, peer.Id, topic, backoff);
            if (_options.PeerExchange && prune.Peers.Count > 0 && Score(peer) >= _options.AcceptExchangeThreshold) Follow(prune.Peers);
        }
    }

    /// <summary>Connects to some of the peers that a PRUNE names. Only to those that come with their own signed addresses.</summary>
    private void Follow(IReadOnlyList<SuggestedPeer> suggested)
    {
        List<(PeerId Id, ReadOnlyMemory<byte> Record)> candidates = [];
        foreach (SuggestedPeer peer in suggested)
        {
            if (peer.SignedRecord.IsEmpty || !PeerId.TryRead(peer.Peer.Span, out PeerId id)) continue;
            if (id != _self && !_peers.ContainsKey(id)) candidates.Add((id, peer.SignedRecord));
        }

        for (int i = 0; i < candidates.Count && i < _options.PruneExchangePeers; i++)
        {
            int other = _random.Next(i, candidates.Count);
            (candidates[i], candidates[other]) = (candidates[other], candidates[i]);
            _actions.Enqueue(new ConnectPeer(candidates[i].Id, candidates[i].Record.ToArray()));
        }
    }

    private static void AddBackoff(TimeSpan now, PeerId peer, TopicState topic, TimeSpan backoff)
    {
        TimeSpan until = now + backoff;
        if (!topic.Backoff.TryGetValue(peer, out TimeSpan known) || known < until) topic.Backoff[peer] = until;
    }

    private void Graft(PeerState peer, TopicState topic)
    {
        var rpc = new Rpc();
        rpc.Graft.Add(topic.Name);
        _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: true));
    }

    private void SendPrune(PeerState peer, TopicState topic, TimeSpan backoff, bool exchange)
    {
        var rpc = new Rpc();
        // A 1.0 peer knows neither back-off nor peer exchange.
        bool extended = peer.Protocol >= PubsubProtocol.Meshsub11;
        IReadOnlyList<SuggestedPeer> others = extended && exchange && _options.PeerExchange ? Suggestions(peer, topic) : [];
        rpc.Prune.Add(new Prune(topic.Name, others, extended ? (ulong)Math.Ceiling(backoff.TotalSeconds) : null));
        _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: true));
    }

    private List<SuggestedPeer> Suggestions(PeerState except, TopicState topic)
    {
        List<PeerState> candidates = [];
        foreach (PeerState peer in topic.Subscribers)
            if (peer != except && peer.SpeaksGossipsub && Score(peer) >= 0 && !_signedRecord(peer.Id).IsEmpty) candidates.Add(peer);
        Choose(candidates, _options.PruneExchangePeers);
        return candidates.ConvertAll(peer => new SuggestedPeer(peer.Id.Bytes.ToArray(), _signedRecord(peer.Id)));
    }
}
