using System.Net;
using Shoal.Libp2p;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Nodes on a simulated network: one host each, listening on port 4001, with keys that depend on their number only.</summary>
internal sealed class SimulatedNodes(int seed, SimulatedNetworkOptions? options = null)
{
    internal SimulatedNetwork Network { get; } = new(seed, options);

    private int _count;

    /// <summary>Runs a scenario.</summary>
    internal void Run(Func<Task> scenario) => Network.Run(scenario);

    /// <summary>Starts a node on a host of its own.</summary>
    internal async Task<Libp2pNode> StartAsync(Libp2pOptions? options = null, bool listen = true, SimulatedHost? host = null)
    {
        int number = ++_count;
        host ??= Network.AddHost();
        return await Libp2pNode.StartAsync((options ?? new Libp2pOptions()) with
        {
            Key = Key(number),
            Network = host,
            Listen = listen ? [Multiaddr.FromTcp(new IPEndPoint(host.Addresses[0], 4001))] : [],
        });
    }

    internal static PrivateKey Key(int number)
    {
        byte[] seed = new byte[32];
        BitConverter.TryWriteBytes(seed, number);
        return PrivateKey.FromEd25519Seed(seed);
    }

    /// <summary>Waits in small steps of virtual time until something is so.</summary>
    internal async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; !isSo(); i++)
        {
            Assert.True(i < 6000, "it was not so within a minute");
            await Task.Delay(TimeSpan.FromMilliseconds(10), Network.Time);
        }
    }

    internal Task PassAsync(TimeSpan time) => Task.Delay(time, Network.Time);
}
