using System.Diagnostics.CodeAnalysis;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>
/// Decides what gossipsub does: who is in which mesh, who gets which message, who is asked for one.
/// </summary>
/// <remarks>
/// Pure: no clock, socket or task. Feed it events with the time since the start, then take what it wants done with
/// <see cref="TryNextAction"/>. The same events with the same seed give the same actions. Not thread-safe.
/// This file has the peers, the topics and what sets them up; the others have messages, control and the heartbeat.
/// </remarks>
internal sealed partial class GossipsubCore
{
    private readonly PeerId _self;
    private readonly GossipsubOptions _options;
    private readonly Random _random;
    private readonly Func<PeerId, double> _score;
    private readonly Func<PeerId, ReadOnlyMemory<byte>> _signedRecord;
    private readonly MessageIdentity _identity;
    private readonly HashSet<PeerId> _explicit;

    private readonly Dictionary<PeerId, PeerState> _peers = [];
    private readonly PeerSet _ordered = new();
    private readonly TopicTable _topics = new();
    private readonly List<TopicState> _joined = [];
    private readonly List<TopicState> _fanouts = [];
    private readonly List<TopicState> _changed = [];
    private readonly Queue<GossipAction> _actions = [];
    private long _nextOrdinal;

    /// <summary>Makes a core without peers and topics.</summary>
    /// <param name="self">Our own id.</param>
    /// <param name="options">Parameters and limits.</param>
    /// <param name="random">Source of the choices among peers.</param>
    /// <param name="score">Worth of a peer; null: 0 for all. The thresholds of the options are compared with it.</param>
    /// <param name="signedRecord">The signed addresses of a peer, for peer exchange; null: none are known.</param>
    internal GossipsubCore(
        PeerId self, GossipsubOptions options, Random random,
        Func<PeerId, double>? score = null, Func<PeerId, ReadOnlyMemory<byte>>? signedRecord = null)
    {
        options.Validate();
        _self = self;
        _options = options;
        _random = random;
        _score = score ?? (static _ => 0);
        _signedRecord = signedRecord ?? (static _ => default);
        _identity = new MessageIdentity(options);
        _explicit = [.. options.ExplicitPeers];
        _seen = new SeenCache(options.SeenTime, options.SeenLimit);
        _cache = new MessageCache(options.HistoryLength, options.HistoryGossip, options.HistoryBytes);
    }

    /// <summary>Connected peers that speak pubsub.</summary>
    internal int PeerCount => _peers.Count;

    /// <summary>Topics that are remembered, ours and others'.</summary>
    internal int TopicCount => _topics.Count;

    /// <summary>Topics that we are subscribed to, in the order of subscribing.</summary>
    internal IEnumerable<string> Topics => _joined.Select(topic => topic.Name);

    /// <summary>Takes the next thing to do.</summary>
    internal bool TryNextAction([MaybeNullWhen(false)] out GossipAction action) => _actions.TryDequeue(out action);

    /// <summary>Takes the topics whose subscribers or mesh changed since the last call.</summary>
    internal void TakeChanged(List<TopicState> changed)
    {
        foreach (TopicState topic in _changed) topic.Changed = false;
        changed.AddRange(_changed);
        _changed.Clear();
    }

    /// <summary>What is known of a connected peer; null when it is not connected.</summary>
    internal PeerState? FindPeer(PeerId id) => _peers.GetValueOrDefault(id);

    /// <summary>Subscribers and mesh of a topic; null when nobody is subscribed.</summary>
    internal TopicState? FindTopic(string name) => _topics.Find(name);

    /// <summary>A peer that speaks pubsub is there. It is told our subscriptions.</summary>
    internal void OnPeerConnected(PeerId id, PubsubProtocol protocol, bool outbound)
    {
        if (id == _self || _peers.ContainsKey(id)) return;
        var peer = new PeerState(id, _nextOrdinal++, protocol, outbound, _explicit.Contains(id), _options.IDontWantTurns);
        _peers.Add(id, peer);
        _ordered.Add(peer);
        Announce(peer);
    }

    /// <summary>The stream to a peer is a new one: it is told our subscriptions again, and that it is in our meshes.</summary>
    internal void OnStreamReopened(PeerId id)
    {
        if (!_peers.TryGetValue(id, out PeerState? peer)) return;
        Announce(peer);
        foreach (TopicState topic in _joined)
            if (topic.Mesh!.Contains(peer)) Graft(peer, topic);
    }

    /// <summary>A peer is gone, with all that it told.</summary>
    internal void OnPeerDisconnected(PeerId id)
    {
        if (!_peers.Remove(id, out PeerState? peer)) return;
        _ordered.Remove(peer);
        foreach (TopicState topic in peer.Topics)
        {
            topic.Subscribers.Remove(peer);
            topic.AlwaysServed.Remove(peer);
            _actions.Enqueue(new ReportSubscription(id, topic.Name, false));
            Touch(topic);
        }

        foreach (TopicState topic in _joined)
            if (topic.Mesh!.Remove(peer)) Touch(topic);
        foreach (TopicState topic in _fanouts) topic.Fanout!.Remove(peer);
        foreach (TopicState topic in peer.Topics) RemoveIfUnused(topic);
    }

    /// <summary>Joins a topic: tells all peers, and grafts those that are known to be subscribed.</summary>
    internal void Subscribe(TimeSpan now, string name)
    {
        TopicState topic = _topics.FindOrAdd(name);
        if (topic.Mesh is not null) return;
        topic.Mesh = new PeerSet();
        _joined.Add(topic);
        Touch(topic);
        AnnounceToAll(name, true);

        if (topic.Fanout is { } fanout)
        {
            foreach (PeerState peer in fanout)
                if (topic.Mesh.Count < _options.MeshSize && CanGraft(now, peer, topic)) GraftInto(peer, topic);
            topic.Fanout = null;
            _fanouts.Remove(topic);
        }

        Fill(now, topic, _options.MeshSize);
    }

    /// <summary>Leaves a topic: tells all peers, and prunes the mesh with the short back-off.</summary>
    internal void Unsubscribe(TimeSpan now, string name)
    {
        if (_topics.Find(name) is not { Mesh: { } mesh } topic) return;
        AnnounceToAll(name, false);
        foreach (PeerState peer in mesh)
        {
            AddBackoff(now, peer.Id, topic, _options.UnsubscribeBackoff);
            SendPrune(peer, topic, _options.UnsubscribeBackoff, exchange: false);
        }

        topic.Mesh = null;
        _joined.Remove(topic);
        Touch(topic);
        RemoveIfUnused(topic);
    }

    private void OnSubscription(TimeSpan now, PeerState peer, SubscriptionChange change)
    {
        if (!change.Subscribe)
        {
            OnUnsubscription(peer, change.Topic);
            return;
        }

        if (peer.Topics.Count >= _options.MaxTopicsPerPeer) return;
        TopicState topic = _topics.FindOrAdd(change.Topic);
        if (!topic.Subscribers.Add(peer)) return;
        peer.Topics.Add(topic);
        if (peer.IsAlwaysServed) topic.AlwaysServed.Add(peer);
        Touch(topic);
        _actions.Enqueue(new ReportSubscription(peer.Id, topic.Name, true));

        // Not waiting for the heartbeat: a small network is a mesh as soon as it is connected.
        if (topic.Mesh is { } mesh && mesh.Count < _options.MeshLow && CanGraft(now, peer, topic)) GraftInto(peer, topic);
    }

    private void OnUnsubscription(PeerState peer, string name)
    {
        if (_topics.Find(name) is not { } topic || !topic.Subscribers.Remove(peer)) return;
        peer.Topics.Remove(topic);
        topic.AlwaysServed.Remove(peer);
        topic.Mesh?.Remove(peer);
        topic.Fanout?.Remove(peer);
        Touch(topic);
        _actions.Enqueue(new ReportSubscription(peer.Id, topic.Name, false));
        RemoveIfUnused(topic);
    }

    /// <summary>Tells a peer all our subscriptions, in as many RPCs as it takes; an empty one opens the stream when there are none.</summary>
    private void Announce(PeerState peer)
    {
        var rpc = new Rpc();
        int bytes = 0;
        foreach (TopicState topic in _joined)
        {
            if (bytes > 0 && bytes + topic.Key.Length > _options.ControlRpcBytes)
            {
                _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: true));
                (rpc, bytes) = (new Rpc(), 0);
            }

            rpc.Subscriptions.Add(new SubscriptionChange(true, topic.Name));
            bytes += topic.Key.Length + 8;
        }

        _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: true));
    }

    private void AnnounceToAll(string topic, bool subscribe)
    {
        if (_ordered.Count == 0) return;
        var rpc = new Rpc();
        rpc.Subscriptions.Add(new SubscriptionChange(subscribe, topic));
        foreach (PeerState peer in _ordered) _actions.Enqueue(new SendControl(peer.Id, rpc, Essential: true));
    }

    private void Touch(TopicState topic)
    {
        if (topic.Changed) return;
        topic.Changed = true;
        _changed.Add(topic);
    }

    private void RemoveIfUnused(TopicState topic)
    {
        if (topic.IsUnused) _topics.Remove(topic);
    }

    private double Score(PeerState peer) => _score(peer.Id);

    /// <summary>Takes <paramref name="count"/> peers at random to the front of the list and drops the others.</summary>
    private void Choose(List<PeerState> peers, int count)
    {
        count = Math.Clamp(count, 0, peers.Count);
        for (int i = 0; i < count; i++)
        {
            int other = _random.Next(i, peers.Count);
            (peers[i], peers[other]) = (peers[other], peers[i]);
        }

        peers.RemoveRange(count, peers.Count - count);
    }
}
