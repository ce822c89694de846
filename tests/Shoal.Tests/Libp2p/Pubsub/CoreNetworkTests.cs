using Shoal.Libp2p.Pubsub;

namespace Shoal.Tests.Libp2p.Pubsub;

/// <summary>Fifty cores together, from one seed.</summary>
public sealed class CoreNetworkTests
{
    private const int Nodes = 50;
    private const int Messages = 100;

    [Theory]
    [InlineData(1, 0.05, true)]
    [InlineData(2, 0.05, false)]
    [InlineData(3, 0.2, true)]
    public void Every_message_reaches_every_node_once_although_some_are_lost(int seed, double loss, bool floodPublish)
    {
        CoreNetwork network = Run(seed, loss, new GossipsubOptions { FloodPublish = floodPublish });

        for (int i = 0; i < Nodes; i++)
        {
            int self = i;
            Assert.Equal(Enumerable.Range(0, Messages).Where(n => n % Nodes != self).Select(n => (long)n), network.Delivered(i).Order());
            Assert.InRange(network.MeshSize(i), 5, 12);
        }
    }

    [Fact]
    public void Two_runs_from_one_seed_give_the_same_trace_and_another_seed_another()
    {
        var options = new GossipsubOptions();
        string first = Run(7, 0.05, options).Trace;

        Assert.Equal(first, Run(7, 0.05, options).Trace);
        Assert.NotEqual(first, Run(8, 0.05, options).Trace);
    }

    private static CoreNetwork Run(int seed, double loss, GossipsubOptions options)
    {
        var network = new CoreNetwork(Nodes, degree: 20, loss, seed, options);
        network.Start();
        network.Run(TimeSpan.FromSeconds(5));
        for (int i = 0; i < Messages; i++)
            network.Publish(TimeSpan.FromMilliseconds(20 * i), i % Nodes, i, size: i % 3 == 0 ? 1500 : 100);
        network.Run(TimeSpan.FromSeconds(20));
        return network;
    }
}
