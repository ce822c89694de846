using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Nodes with pubsub in this process, over TCP on the loopback interface.</summary>
internal sealed class PubsubNodes : IAsyncDisposable
{
    private readonly List<(Libp2pNode Node, Gossipsub Pubsub)> _all = [];

    /// <summary>Longest that a test waits for anything.</summary>
    internal static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    internal Libp2pNode Node(int index) => _all[index].Node;

    internal Gossipsub this[int index] => _all[index].Pubsub;

    internal static Task<Libp2pNode> StartNodeAsync() =>
        Libp2pNode.StartAsync(new Libp2pOptions { Listen = [Multiaddr.Parse("/ip4/127.0.0.1/tcp/0")] });

    internal static async Task<PubsubNodes> StartAsync(int count, GossipsubOptions? options = null)
    {
        var nodes = new PubsubNodes();
        for (int i = 0; i < count; i++) await nodes.AddAsync(options);
        return nodes;
    }

    internal async Task AddAsync(GossipsubOptions? options = null)
    {
        Libp2pNode node = await StartNodeAsync();
        _all.Add((node, Gossipsub.Start(node, options)));
    }

    internal async Task ConnectAsync(int from, int to) => await Node(from).ConnectAsync(Node(to).Addresses[0], Deadline);

    internal async Task ConnectAllAsync()
    {
        for (int i = 0; i < _all.Count; i++)
            for (int j = 0; j < i; j++) await ConnectAsync(i, j);
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((_, Gossipsub pubsub) in _all) await pubsub.DisposeAsync();
        foreach ((Libp2pNode node, _) in _all) await node.DisposeAsync();
    }

    internal static async Task<List<PubsubMessage>> TakeAsync(Subscription subscription, int count)
    {
        List<PubsubMessage> messages = [];
        await foreach (PubsubMessage message in subscription.ReadAllAsync(Deadline))
        {
            messages.Add(message);
            if (messages.Count == count) break;
        }

        return messages;
    }

    internal static string Text(PubsubMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
