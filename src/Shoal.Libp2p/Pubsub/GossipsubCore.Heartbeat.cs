using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <content>The heartbeat: keeps meshes in shape, gossips, forgets.</content>
internal sealed partial class GossipsubCore
{
    private long _heartbeats;

    /// <summary>Keeps everything in shape. To be called every <see cref="GossipsubOptions.HeartbeatInterval"/>.</summary>
    internal void Heartbeat(TimeSpan now)
    {
        CountBrokenPromises(now);
        foreach (PeerState peer in _ordered) peer.OnHeartbeat();
        ClearBackoffs(now);
        if (_heartbeats % _options.ExplicitPeersTurns == 0) ConnectExplicitPeers();

        _heartbeats++;
        foreach (TopicState topic in _joined)
        {
            MaintainMesh(now, topic);
            Gossip(topic, topic.Mesh!);
        }

        MaintainFanouts(now);
        _seen.Advance(now);
        _cache.Shift();
    }

    private void MaintainMesh(TimeSpan now, TopicState topic)
    {
        PeerSet mesh = topic.Mesh!;
        foreach (PeerState peer in mesh.ToArray())
            if (Score(peer) < 0) PruneFrom(now, peer, topic, exchange: false);

        if (mesh.Count < _options.MeshLow) Fill(now, topic, _options.MeshSize);
        if (mesh.Count > _options.MeshHigh) Trim(now, topic);
        if (mesh.Count >= _options.MeshLow) FillOutbound(now, topic);
        if (_heartbeats % _options.OpportunisticGraftTurns == 0 && mesh.Count > 1) GraftOpportunistically(now, topic);
    }

    /// <summary>Grafts random subscribers until the mesh has <paramref name="wanted"/> peers.</summary>
    private void Fill(TimeSpan now, TopicState topic, int wanted)
    {
        List<PeerState> candidates = GraftCandidates(now, topic);
        Choose(candidates, wanted - topic.Mesh!.Count);
        foreach (PeerState peer in candidates) GraftInto(peer, topic);
    }

    private List<PeerState> GraftCandidates(TimeSpan now, TopicState topic)
    {
        List<PeerState> candidates = [];
        foreach (PeerState peer in topic.Subscribers)
            if (CanGraft(now, peer, topic)) candidates.Add(peer);
        return candidates;
    }

    private bool CanGraft(TimeSpan now, PeerState peer, TopicState topic) =>
        peer.SpeaksGossipsub && !peer.IsExplicit && !topic.Mesh!.Contains(peer) && Score(peer) >= 0
        && !(topic.Backoff.TryGetValue(peer.Id, out TimeSpan until) && now < until + _options.BackoffSlack * _options.HeartbeatInterval);

    private void GraftInto(PeerState peer, TopicState topic)
    {
        topic.Mesh!.Add(peer);
        Touch(topic);
        Graft(peer, topic);
    }

    private void PruneFrom(TimeSpan now, PeerState peer, TopicState topic, bool exchange)
    {
        topic.Mesh!.Remove(peer);
        Touch(topic);
        AddBackoff(now, peer.Id, topic, _options.PruneBackoff);
        SendPrune(peer, topic, _options.PruneBackoff, exchange);
    }

    /// <summary>Prunes down to D: the best by score stay, the others by chance, but enough of those that we dialled.</summary>
    private void Trim(TimeSpan now, TopicState topic)
    {
        List<PeerState> peers = [.. topic.Mesh!.ToArray()];
        Choose(peers, peers.Count);
        peers = [.. peers.OrderByDescending(Score)];
        List<PeerState> rest = peers.GetRange(_options.MeshScored, peers.Count - _options.MeshScored);
        Choose(rest, rest.Count);
        peers.RemoveRange(_options.MeshScored, rest.Count);
        peers.AddRange(rest);

        int outbound = peers.Take(_options.MeshSize).Count(peer => peer.Outbound);
        for (int i = _options.MeshSize; i < peers.Count && outbound < _options.MeshOutbound; i++)
        {
            if (!peers[i].Outbound) continue;
            int loser = peers.FindLastIndex(_options.MeshSize - 1, peer => !peer.Outbound);
            (peers[i], peers[loser]) = (peers[loser], peers[i]);
            outbound++;
        }

        for (int i = _options.MeshSize; i < peers.Count; i++) PruneFrom(now, peers[i], topic, exchange: true);
    }

    /// <summary>Grafts peers that we dialled when there are too few of them: an attacker can dial us, but not make us dial.</summary>
    private void FillOutbound(TimeSpan now, TopicState topic)
    {
        int missing = _options.MeshOutbound;
        foreach (PeerState peer in topic.Mesh!)
            if (peer.Outbound) missing--;
        if (missing <= 0) return;

        List<PeerState> candidates = GraftCandidates(now, topic);
        candidates.RemoveAll(peer => !peer.Outbound);
        Choose(candidates, missing);
        foreach (PeerState peer in candidates) GraftInto(peer, topic);
    }

    /// <summary>Grafts a few peers that are better than the median when that is poor.</summary>
    private void GraftOpportunistically(TimeSpan now, TopicState topic)
    {
        double[] scores = [.. topic.Mesh!.ToArray().Select(Score).Order()];
        double median = scores[scores.Length / 2];
        if (median >= _options.OpportunisticGraftThreshold) return;

        List<PeerState> candidates = GraftCandidates(now, topic);
        candidates.RemoveAll(peer => Score(peer) <= median);
        Choose(candidates, _options.OpportunisticGraftPeers);
        foreach (PeerState peer in candidates) GraftInto(peer, topic);
    }

    private void MaintainFanouts(TimeSpan now)
    {
        for (int i = _fanouts.Count - 1; i >= 0; i--)
        {
            TopicState topic = _fanouts[i];
            if (now < topic.LastPublished + _options.FanoutTime) continue;
            topic.Fanout = null;
            _fanouts.RemoveAt(i);
            RemoveIfUnused(topic);
        }

        foreach (TopicState topic in _fanouts)
        {
            foreach (PeerState peer in topic.Fanout!.ToArray())
                if (Score(peer) < _options.PublishThreshold) topic.Fanout.Remove(peer);
            FillFanout(topic);
            Gossip(topic, topic.Fanout);
        }
    }

    /// <summary>Tells some peers outside the mesh which messages of the topic there were lately.</summary>
    private void Gossip(TopicState topic, PeerSet mesh)
    {
        List<ReadOnlyMemory<byte>> ids = _cache.GossipIds(topic.Name);
        if (ids.Count == 0) return;

        List<PeerState> peers = [];
        foreach (PeerState peer in topic.Subscribers)
            if (peer.SpeaksGossipsub && !peer.IsExplicit && !mesh.Contains(peer) && Score(peer) >= _options.GossipThreshold)
                peers.Add(peer);
        Choose(peers, Math.Max(_options.GossipPeers, (int)(_options.GossipFactor * peers.Count)));

        foreach (PeerState peer in peers)
        {
            // Each peer gets another selection, so that together they hear of all.
            if (ids.Count > _options.MaxIHaveIds) _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids));
            SendIHave(peer, topic, ids);
        }
    }

    private void SendIHave(PeerState peer, TopicState topic, List<ReadOnlyMemory<byte>> ids)
    {
        int count = Math.Min(ids.Count, _options.MaxIHaveIds), start = 0, bytes = 0;
        for (int i = 0; i < count; i++)
        {
            bytes += ids[i].Length + 4;
            if (i + 1 < count && bytes < _options.ControlRpcBytes) continue;
            var rpc = new Rpc();
            rpc.IHave.Add(new IHave(topic.Name, ids.GetRange(start, i + 1 - start)));
            _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: false));
            (start, bytes) = (i + 1, 0);
        }
    }

    /// <summary>A promise that is overdue counts against the peer that made it.</summary>
    private void CountBrokenPromises(TimeSpan now)
    {
        List<MessageId>? empty = null;
        foreach ((MessageId id, List<(PeerId Peer, TimeSpan Deadline)> promises) in _promises)
        {
            foreach ((PeerId peer, TimeSpan deadline) in promises)
                if (now >= deadline && _peers.TryGetValue(peer, out PeerState? state)) state.BehaviourPenalties++;
            promises.RemoveAll(promise => now >= promise.Deadline);
            if (promises.Count == 0) (empty ??= []).Add(id);
        }

        if (empty is null) return;
        foreach (MessageId id in empty) _promises.Remove(id);
    }

    private void ClearBackoffs(TimeSpan now)
    {
        List<TopicState>? unused = null;
        foreach (TopicState topic in _topics.Unordered)
        {
            topic.ClearBackoff(now, _options.BackoffSlack * _options.HeartbeatInterval);
            if (topic.IsUnused) (unused ??= []).Add(topic);
        }

        if (unused is null) return;
        foreach (TopicState topic in unused) _topics.Remove(topic);
    }

    private void ConnectExplicitPeers()
    {
        foreach (PeerId peer in _options.ExplicitPeers)
            if (peer != _self && !_peers.ContainsKey(peer)) _actions.Enqueue(new ConnectPeer(peer, default));
    }
}
