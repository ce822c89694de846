using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>
/// Many cores on a network of nothing but a queue of arrivals: every RPC is really written and read, takes some time,
/// and messages and gossip are sometimes lost. All of it follows from one seed.
/// </summary>
internal sealed class CoreNetwork
{
    private readonly Random _random;
    private readonly double _loss;
    private readonly Node[] _nodes;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _arrivals = new();
    private readonly StringBuilder _trace = new();
    private readonly RpcLimits _limits;
    private long _order;

    internal CoreNetwork(int nodes, int degree, double loss, int seed, GossipsubOptions options)
    {
        _random = new Random(seed);
        _loss = loss;
        _limits = RpcLimits.Of(options);
        _nodes = [.. Enumerable.Range(0, nodes).Select(i => new Node(i, Sample.Peer(i), new GossipsubCore(Sample.Peer(i), options, new Random(seed + i + 1))))];

        // A ring, so that nobody is left out, and random links beside it.
        for (int i = 0; i < nodes; i++)
        {
            Link(i, (i + 1) % nodes);
            for (int k = 2; k < degree; k += 2) Link(i, _random.Next(nodes));
        }
    }

    internal TimeSpan Now { get; private set; }

    /// <summary>Everything that was sent and delivered, with its time.</summary>
    internal string Trace => _trace.ToString();

    internal int MeshSize(int node) => _nodes[node].Core.FindTopic(Sample.Topic)?.Mesh?.Count ?? 0;

    internal IReadOnlyList<long> Delivered(int node) => _nodes[node].Delivered;

    internal void Start()
    {
        foreach (Node node in _nodes)
        {
            At(TimeSpan.FromMilliseconds(_random.Next(500)), () => Do(node, core => core.Subscribe(Now, Sample.Topic)));
            At(TimeSpan.FromMilliseconds(100 + _random.Next(1000)), () => Beat(node));
        }
    }

    internal void Publish(TimeSpan after, int node, long number, int size) =>
        At(after, () => Do(_nodes[node], core => core.Publish(Now, Sample.Kept(_nodes[node].Id, number, size: size))));

    internal void Run(TimeSpan until)
    {
        while (_arrivals.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= until)
        {
            Now = next.At;
            _arrivals.Dequeue()();
        }

        Now = until;
    }

    private void Beat(Node node)
    {
        Do(node, core => core.Heartbeat(Now));
        At(TimeSpan.FromSeconds(1), () => Beat(node));
    }

    private void Link(int a, int b)
    {
        if (a == b || _nodes[a].Core.FindPeer(_nodes[b].Id) is not null) return;
        _nodes[a].Core.OnPeerConnected(_nodes[b].Id, PubsubProtocol.Meshsub12, outbound: true);
        _nodes[b].Core.OnPeerConnected(_nodes[a].Id, PubsubProtocol.Meshsub12, outbound: false);
    }

    private void Do(Node node, Action<GossipsubCore> work)
    {
        work(node.Core);
        while (node.Core.TryNextAction(out GossipAction? action)) Carry(node, action);
    }

    private void Carry(Node node, GossipAction action)
    {
        switch (action)
        {
            case SendMessage send:
                foreach (PeerId to in send.To) Send(node, to, send.Message.Frame, mayBeLost: true);
                break;
            case SendControl send:
                Send(node, send.To, RpcWriter.WriteFrame(send.Rpc), mayBeLost: !send.Essential);
                break;
            case ValidateMessage validate:
                At(TimeSpan.FromMilliseconds(1), () => Do(node, core => core.OnValidated(Now, validate.Message, validate.From, MessageVerdict.Accept)));
                break;
            case DeliverMessage deliver:
                long number = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(deliver.Message.Fields.SequenceNumber!.Value.Span);
                node.Delivered.Add(number);
                _trace.AppendLine($"{Now.TotalMilliseconds} {node.Number} delivers {number}");
                break;
        }
    }

    private void Send(Node from, PeerId to, byte[] frame, bool mayBeLost)
    {
        Node target = _nodes.First(node => node.Id == to);
        _trace.AppendLine($"{Now.TotalMilliseconds} {from.Number}>{target.Number} {frame.Length}");
        if (mayBeLost && _random.NextDouble() < _loss) return;
        At(TimeSpan.FromMilliseconds(20), () => Do(target, core =>
        {
            var rpc = new Rpc();
            int start = Array.FindIndex(frame, b => b < 0x80) + 1;
            RpcReader.Read(frame.AsMemory(start), _limits, rpc);
            core.OnRpc(Now, from.Id, rpc);
        }));
    }

    private void At(TimeSpan after, Action action) => _arrivals.Enqueue(action, (Now + after, _order++));

    private sealed record Node(int Number, PeerId Id, GossipsubCore Core)
    {
        internal List<long> Delivered { get; } = [];
    }
}
