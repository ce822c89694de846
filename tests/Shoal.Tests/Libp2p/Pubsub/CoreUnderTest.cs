using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>A core with a clock that the test moves, and what the core wanted done since the last look.</summary>
internal sealed class CoreUnderTest
{
    internal static readonly PeerId Self = Sample.Peer(1_000_000);

    private readonly Dictionary<PeerId, double> _scores = [];
    private readonly Dictionary<PeerId, byte[]> _records = [];

    internal CoreUnderTest(GossipsubOptions? options = null, int seed = 1) =>
        Core = new GossipsubCore(
            Self, options ?? new GossipsubOptions(), new Random(seed),
            peer => _scores.GetValueOrDefault(peer), peer => _records.GetValueOrDefault(peer) ?? default(ReadOnlyMemory<byte>));

    internal GossipsubCore Core { get; }

    internal TimeSpan Now { get; set; }

    internal PeerId[] Mesh => Core.FindTopic(Sample.Topic)?.Mesh?.Ids() ?? [];

    internal void Score(PeerId peer, double score) => _scores[peer] = score;

    internal void Record(PeerId peer, byte[] record) => _records[peer] = record;

    /// <summary>Connects a peer and has it subscribe to the topic.</summary>
    internal PeerId Join(int number, PubsubProtocol protocol = PubsubProtocol.Meshsub12, bool outbound = false)
    {
        PeerId peer = Sample.Peer(number);
        Core.OnPeerConnected(peer, protocol, outbound);
        Receive(peer, Sample.Subscribe(Sample.Topic));
        return peer;
    }

    internal PeerId[] Join(IEnumerable<int> numbers, bool outbound = false) => [.. numbers.Select(n => Join(n, outbound: outbound))];

    internal void Subscribe() => Core.Subscribe(Now, Sample.Topic);

    internal void Receive(PeerId from, Rpc rpc) => Core.OnRpc(Now, from, rpc);

    /// <summary>Receives a message and accepts it, as the shell would.</summary>
    internal bool Accept(PeerId from, MessageFields message)
    {
        Take();
        Receive(from, Sample.Publish(message));
        GossipAction[] actions = Take();
        if (actions.OfType<ValidateMessage>().FirstOrDefault() is not { } validate) return false;
        Core.OnValidated(Now, validate.Message, from, MessageVerdict.Accept);
        return true;
    }

    /// <summary>Lets heartbeats pass, a second each.</summary>
    internal void Heartbeat(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Now += TimeSpan.FromSeconds(1);
            Core.Heartbeat(Now);
        }
    }

    /// <summary>Takes what the core wants done.</summary>
    internal GossipAction[] Take()
    {
        List<GossipAction> actions = [];
        while (Core.TryNextAction(out GossipAction? action)) actions.Add(action);
        return [.. actions];
    }

    internal IEnumerable<SendControl> TakeControl() => Take().OfType<SendControl>();

    internal PeerId[] TakeGrafted() => [.. TakeControl().Where(send => send.Rpc.Graft.Contains(Sample.Topic)).Select(send => send.To)];

    internal (PeerId Peer, Prune Prune)[] TakePruned() => [.. TakeControl().SelectMany(send => send.Rpc.Prune.Select(prune => (send.To, prune)))];
}
