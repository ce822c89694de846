namespace Shoal.Libp2p.Pubsub;

/// <summary>Settings of <see cref="Gossipsub"/>. Every property states its unit, default and where that comes from.</summary>
public sealed record GossipsubOptions
{
    /// <summary>Whether messages are signed. Default: StrictSign (pubsub specification).</summary>
    public SignaturePolicy SignaturePolicy { get; init; } = SignaturePolicy.StrictSign;

    /// <summary>Gives messages their ids. Default: author and sequence number (pubsub specification), or the content's sha2-256 under StrictNoSign (js).</summary>
    public MessageIdFunction? MessageId { get; init; }

    /// <summary>Judges messages of all topics. Default: none, all are accepted.</summary>
    public MessageValidator? Validator { get; init; }

    /// <summary>Judges messages of single topics, after <see cref="Validator"/>. Default: none.</summary>
    public IReadOnlyDictionary<string, MessageValidator> TopicValidators { get; init; } = new Dictionary<string, MessageValidator>();

    /// <summary>Peers outside the mesh that always get and give every message. Default: none.</summary>
    public IReadOnlyList<PeerId> ExplicitPeers { get; init; } = [];

    /// <summary>Sends own messages to all subscribed peers, not to the mesh alone. Default: true (gossipsub 1.1).</summary>
    public bool FloodPublish { get; init; } = true;

    /// <summary>Gives own messages to own subscriptions, too. Default: false (js).</summary>
    public bool DeliverOwnMessages { get; init; }

    /// <summary>Names other peers to a peer that is pruned, and connects to those a pruning peer names. Default: false (go).</summary>
    public bool PeerExchange { get; init; }

    /// <summary>Source of the choices of peers. Default: seeded by the system, or by the own peer id on a simulated network.</summary>
    public Random? Random { get; init; }

    /// <summary>Wanted peers in a mesh, and peers of a fan-out: D. Default: 6 (gossipsub 1.0).</summary>
    public int MeshSize { get; init; } = 6;

    /// <summary>Fewer peers than this in a mesh: more are grafted. Default: 5 (gossipsub 1.1, D_low).</summary>
    public int MeshLow { get; init; } = 5;

    /// <summary>More peers than this in a mesh: some are pruned. Default: 12 (gossipsub 1.0, D_high).</summary>
    public int MeshHigh { get; init; } = 12;

    /// <summary>Peers kept by score when a mesh is trimmed. Default: 4 (gossipsub 1.1, D_score).</summary>
    public int MeshScored { get; init; } = 4;

    /// <summary>Peers of a mesh that we have dialled, at least; below <see cref="MeshLow"/> and at most half of <see cref="MeshSize"/>. Default: 2 (gossipsub 1.1, D_out).</summary>
    public int MeshOutbound { get; init; } = 2;

    /// <summary>Peers outside the mesh that get gossip, at least. Default: 6 (gossipsub 1.0, D_lazy).</summary>
    public int GossipPeers { get; init; } = 6;

    /// <summary>Part of the peers outside the mesh that get gossip, 0 to 1. Default: 0.25 (gossipsub 1.1).</summary>
    public double GossipFactor { get; init; } = 0.25;

    /// <summary>Time between heartbeats. Default: 1 s (gossipsub 1.0).</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time from the start to the first heartbeat. Default: 0.1 s (go).</summary>
    public TimeSpan FirstHeartbeat { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>Heartbeats for which messages are kept for peers that ask. Default: 5 (gossipsub 1.0).</summary>
    public int HistoryLength { get; init; } = 5;

    /// <summary>Heartbeats whose messages are gossiped about; at most <see cref="HistoryLength"/>. Default: 3 (gossipsub 1.0).</summary>
    public int HistoryGossip { get; init; } = 3;

    /// <summary>Most bytes of messages kept for peers that ask. Default: 64 MiB (ours).</summary>
    public long HistoryBytes { get; init; } = 64L << 20;

    /// <summary>Time for which a second copy of a message is recognised. Default: 120 s (gossipsub 1.0).</summary>
    public TimeSpan SeenTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Most messages recognised; beyond, the oldest are forgotten early. Default: 262,144, about 30 MB (ours).</summary>
    public int SeenLimit { get; init; } = 262_144;

    /// <summary>Time after the last own message until a fan-out is dropped. Default: 60 s (gossipsub 1.0).</summary>
    public TimeSpan FanoutTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for which a pruned peer is not grafted again. Default: 60 s (gossipsub 1.1).</summary>
    public TimeSpan PruneBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same after leaving the topic. Default: 10 s (gossipsub 1.1).</summary>
    public TimeSpan UnsubscribeBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest back-off that a peer can ask of us. Default: 1 h (ours).</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Heartbeats waited beyond a back-off, for clocks differ. Default: 1 (go).</summary>
    public int BackoffSlack { get; init; } = 1;

    /// <summary>A GRAFT this soon after a PRUNE is a flood and counts twice. Default: 10 s (gossipsub 1.1).</summary>
    public TimeSpan GraftFloodThreshold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Peers named in a PRUNE, and followed from one. Default: 16 (gossipsub 1.1).</summary>
    public int PruneExchangePeers { get; init; } = 16;

    /// <summary>Ids in one IHAVE for a topic, and ids asked of one peer per heartbeat. Default: 5000 (gossipsub 1.1).</summary>
    public int MaxIHaveIds { get; init; } = 5000;

    /// <summary>IHAVE messages regarded per peer and heartbeat. Default: 10 (gossipsub 1.1).</summary>
    public int MaxIHaveMessages { get; init; } = 10;

    /// <summary>How often one peer is given one message when it asks. Default: 3 (gossipsub 1.1).</summary>
    public int GossipRetransmissions { get; init; } = 3;

    /// <summary>Time in which a peer has to give a message that it announced and we asked for. Default: 3 s (gossipsub 1.1).</summary>
    public TimeSpan IWantFollowUp { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Content from which on mesh peers are told that we have a message, in bytes. Default: 1024 (go).</summary>
    public int IDontWantSize { get; init; } = 1024;

    /// <summary>Heartbeats for which an IDONTWANT counts. Default: 3 (gossipsub 1.2, go).</summary>
    public int IDontWantTurns { get; init; } = 3;

    /// <summary>Ids regarded in one RPC's IDONTWANT. Default: 10 (go).</summary>
    public int MaxIDontWantIds { get; init; } = 10;

    /// <summary>IDONTWANT messages regarded per peer and heartbeat. Default: 1000 (go).</summary>
    public int MaxIDontWantMessages { get; init; } = 1000;

    /// <summary>Heartbeats between opportunistic grafts. Default: 60 (gossipsub 1.1).</summary>
    public int OpportunisticGraftTurns { get; init; } = 60;

    /// <summary>Peers grafted then. Default: 2 (gossipsub 1.1).</summary>
    public int OpportunisticGraftPeers { get; init; } = 2;

    /// <summary>Heartbeats between attempts to connect to explicit peers. Default: 300 (go).</summary>
    public int ExplicitPeersTurns { get; init; } = 300;

    /// <summary>Score below which no gossip is exchanged with a peer. Default: -10 (js).</summary>
    public double GossipThreshold { get; init; } = -10;

    /// <summary>Score below which own messages are not sent to a peer outside the mesh. Default: -50 (js).</summary>
    public double PublishThreshold { get; init; } = -50;

    /// <summary>Score below which nothing of a peer is regarded. Default: -80 (js).</summary>
    public double GraylistThreshold { get; init; } = -80;

    /// <summary>Score from which on a pruning peer's suggestions are followed. Default: 0 (go without scoring).</summary>
    public double AcceptExchangeThreshold { get; init; }

    /// <summary>Median score of a mesh below which better peers are grafted. Default: 0 (go without scoring).</summary>
    public double OpportunisticGraftThreshold { get; init; }

    /// <summary>Largest RPC, received or sent, in bytes. Default: 1 MiB (go).</summary>
    public int MaxRpcBytes { get; init; } = 1 << 20;

    /// <summary>Size up to which control entries share an RPC, in bytes. Default: 60,000, for rust takes at most 64 KiB.</summary>
    public int ControlRpcBytes { get; init; } = 60_000;

    /// <summary>Subscriptions in one RPC. Default: 5000 (ours).</summary>
    public int MaxSubscriptionsPerRpc { get; init; } = 5000;

    /// <summary>Messages in one RPC. Default: 5000 (ours).</summary>
    public int MaxMessagesPerRpc { get; init; } = 5000;

    /// <summary>Control entries in one RPC, peers named in a PRUNE included. Default: 10,000 (ours).</summary>
    public int MaxControlEntriesPerRpc { get; init; } = 10_000;

    /// <summary>Message ids in one RPC. Default: 50,000, about what 1 MiB holds of the shortest ids in use (ours).</summary>
    public int MaxIdsPerRpc { get; init; } = 50_000;

    /// <summary>Longest topic, in bytes of UTF-8. Default: 1024 (ours).</summary>
    public int MaxTopicBytes { get; init; } = 1024;

    /// <summary>Topics remembered per peer; its further subscriptions are passed over. Default: 2048 (ours).</summary>
    public int MaxTopicsPerPeer { get; init; } = 2048;

    /// <summary>Messages with a wrong signature until a peer loses its connection. Default: 5 (ours).</summary>
    public int MaxWrongSignatures { get; init; } = 5;

    /// <summary>Messages of one peer that wait for their validation before no more is read from it. Default: 64 (ours).</summary>
    public int PendingValidationsPerPeer { get; init; } = 64;

    /// <summary>Messages validated at the same time; those of one author one after the other, in order. Default: the number of processors; always 1 on a simulated network.</summary>
    public int ValidationWorkers { get; init; } = Environment.ProcessorCount;

    /// <summary>Messages waiting to be sent to one peer, own and control separately from others'. Default: 1024 (ours).</summary>
    public int SendQueueFrames { get; init; } = 1024;

    /// <summary>Bytes waiting to be sent to one peer, own and control separately from others'. Default: 4 MiB (ours).</summary>
    public int SendQueueBytes { get; init; } = 4 << 20;

    /// <summary>Bytes put together into one write. Default: 64 KiB (ours).</summary>
    public int WriteBatchBytes { get; init; } = 64 << 10;

    /// <summary>How often in a row a stream to a connected peer is opened before that peer is given up. Default: 4 (ours).</summary>
    public int StreamAttempts { get; init; } = 4;

    /// <summary>Wait before a stream is opened again, doubled each time. Default: 0.5 s (ours).</summary>
    public TimeSpan StreamRetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Time for queued messages to go out when pubsub is disposed. Default: 2 s (ours).</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Peers named in PRUNEs that are dialled at the same time; more are passed over. Default: 8 (go's number of connectors).</summary>
    public int MaxExchangeDials { get; init; } = 8;

    /// <summary>Messages waiting in a <see cref="Subscription"/>. Default: 1024 (ours).</summary>
    public int SubscriptionQueue { get; init; } = 1024;

    /// <summary>Which message a full <see cref="Subscription"/> loses. Default: the oldest.</summary>
    public OverflowPolicy SubscriptionOverflow { get; init; } = OverflowPolicy.DropOldest;

    /// <summary>Checks what belongs together.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    internal void Validate()
    {
        Require(MeshLow <= MeshSize && MeshSize <= MeshHigh, "MeshLow <= MeshSize <= MeshHigh");
        Require(MeshOutbound < MeshLow || MeshOutbound == 0, "MeshOutbound < MeshLow");
        Require(MeshOutbound <= MeshSize / 2, "MeshOutbound <= MeshSize / 2");
        Require(MeshScored >= 0 && MeshScored <= MeshSize, "0 <= MeshScored <= MeshSize");
        Require(HistoryLength >= 1 && HistoryGossip >= 0 && HistoryGossip <= HistoryLength, "0 <= HistoryGossip <= HistoryLength");
        Require(HeartbeatInterval > TimeSpan.Zero && FirstHeartbeat >= TimeSpan.Zero, "HeartbeatInterval > 0");
        Require(GossipFactor is >= 0 and <= 1, "0 <= GossipFactor <= 1");
        Require(IDontWantTurns >= 1 && SeenTime > TimeSpan.Zero, "IDontWantTurns >= 1, SeenTime > 0");
        Require(SubscriptionQueue >= 1 && SendQueueFrames >= 1, "SubscriptionQueue >= 1, SendQueueFrames >= 1");
        Require(ValidationWorkers >= 1 && PendingValidationsPerPeer >= 1, "ValidationWorkers >= 1, PendingValidationsPerPeer >= 1");
        Require(OpportunisticGraftTurns >= 1 && ExplicitPeersTurns >= 1, "OpportunisticGraftTurns >= 1, ExplicitPeersTurns >= 1");
        Require(MaxRpcBytes >= 1024 && StreamAttempts >= 1, "MaxRpcBytes >= 1024, StreamAttempts >= 1");
        Require(SignaturePolicy is SignaturePolicy.StrictSign or SignaturePolicy.StrictNoSign, "a known SignaturePolicy");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds) throw new ArgumentException($"Gossipsub's options must keep to: {rule}.");
    }
}
