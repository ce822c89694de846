using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Simulation;

public class GossipScenarioTests
{
    // 20 ms one way; 5 % of attempts to connect fail, 5 % of connections break.
    private static readonly LinkOptions Lossy = new()
    {
        Latency = TimeSpan.FromMilliseconds(20),
        ConnectLoss = 0.05,
        BreakProbability = 0.05,
        BreakWithin = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void Every_message_reaches_every_one_of_fifty_nodes_once_and_one_seed_gives_one_trace()
    {
        GossipScenario first = Fifty(seed: 1);
        first.Run();
        Assert.All(first.Received, got => Assert.Equal(100, got.Count));
        Assert.All(first.Received, got => Assert.All(got.Values, times => Assert.Equal(1, times)));
        Assert.True(first.FailedDials > 0);
        Assert.True(first.LostConnections > 0);

        GossipScenario again = Fifty(seed: 1);
        again.Run();
        Assert.Null(first.Network.Trace.FirstDifference(again.Network.Trace));
        Assert.Equal(first.Network.Trace.Hash, again.Network.Trace.Hash);
    }

    [Fact]
    public void Another_seed_gives_another_trace_and_loses_nothing_either()
    {
        GossipScenario one = Few(seed: 2), other = Few(seed: 3);
        one.Run();
        other.Run();
        Assert.NotEqual(one.Network.Trace.Hash, other.Network.Trace.Hash);
        Assert.All(one.Received.Concat(other.Received), got => Assert.Equal(20, got.Count));
    }

    private static GossipScenario Fifty(int seed) => new(seed, nodes: 50, links: 4, messages: 100, Lossy);

    private static GossipScenario Few(int seed) => new(seed, nodes: 10, links: 3, messages: 20, Lossy);
}
