using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Many threads at once, over real sockets: what the simulated network, with its one thread, cannot show.</summary>
public sealed class StressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nodes_that_dial_and_drop_each_other_all_the_time_stay_in_order()
    {
        using var patience = new CancellationTokenSource(Patience);
        Libp2pNode[] nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));
        int[] balances = new int[nodes.Length];
        int wrong = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            int mine = i;
            Dictionary<PeerId, bool> connected = [];
            Lock sync = new();
            nodes[i].PeerConnected += c => Note(c.RemotePeer, true);
            nodes[i].PeerDisconnected += p => Note(p, false);

            void Note(PeerId peer, bool isUp)
            {
                lock (sync)
                {
                    if (connected.GetValueOrDefault(peer) == isUp) Interlocked.Increment(ref wrong);
                    connected[peer] = isUp;
                    balances[mine] += isUp ? 1 : -1;
                }
            }
        }

        int echoes = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => WorkAsync(new Random(worker)))));
        foreach (Libp2pNode node in nodes) await node.DisposeAsync();

        Assert.Equal(0, wrong);
        Assert.All(balances, b => Assert.Equal(0, b));
        Assert.InRange(echoes, 50, int.MaxValue);
        Assert.All(nodes, n => Assert.Empty(n.Connections));

        async Task WorkAsync(Random random)
        {
            for (int round = 0; round < 40; round++)
            {
                Libp2pNode from = nodes[random.Next(nodes.Length)], to = nodes[random.Next(nodes.Length)];
                if (from == to) continue;
                try
                {
                    Libp2pConnection connection = await from.ConnectAsync(to.Addresses[0], patience.Token);
                    await using Libp2pStream stream = await connection.OpenStreamAsync(Echo.Protocol, patience.Token);
                    byte[] bytes = new byte[random.Next(1, 100_000)];
                    Task writing = stream.WriteAsync(bytes, patience.Token).AsTask();
                    await stream.ReadExactlyAsync(new byte[bytes.Length], patience.Token);
                    await writing;
                    Interlocked.Increment(ref echoes);
                    if (random.Next(4) == 0) await from.DisconnectAsync(to.Id);
                }
                catch (Exception e) when (e is Libp2pException or EndOfStreamException)
                {
                    // Somebody else dropped that connection.
                }
            }
        }
    }

    [Fact]
    public async Task A_hundred_simultaneous_connects_and_streams_share_one_connection()
    {
        using var patience = new CancellationTokenSource(Patience);
        await using Libp2pNode a = await StartAsync();
        await using Libp2pNode b = await StartAsync();

        Libp2pStream[] streams = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => a.OpenStreamAsync(b.Addresses[0], Echo.Protocol, patience.Token))));
        string[] answers = await Task.WhenAll(streams.Select((s, i) => Task.Run(() => ConnectingTests.EchoAsync(s, $"stream {i}"))));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"stream {i}"), answers);
        Assert.Single(a.Connections);
        foreach (Libp2pStream stream in streams) await stream.DisposeAsync();
    }

    private static async Task<Libp2pNode> StartAsync()
    {
        Libp2pNode node = await Libp2pNode.StartAsync(new Libp2pOptions { Listen = [Multiaddr.Parse("/ip4/127.0.0.1/tcp/0")] });
        Echo.Serve(node);
        return node;
    }
}
