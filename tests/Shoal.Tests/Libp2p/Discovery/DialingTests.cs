using System.Net;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Discovery;

/// <summary><see cref="AutoDialer"/> and <see cref="BootstrapDiscovery"/> with real nodes on the simulated network.</summary>
public class DialingTests
{
    private readonly SimulatedNetwork _world = new(seed: 1);

    [Fact]
    public void Discovered_peers_are_connected_to_up_to_the_limit_and_not_oneself() => _world.Run(async () =>
    {
        Libp2pNode us = await StartAsync(AddHost(1));
        Libp2pNode[] others = [await StartAsync(AddHost(2)), await StartAsync(AddHost(3)), await StartAsync(AddHost(4))];
        await using (AutoDialer.Start(us, new AutoDialerOptions { MaxConnections = 2 }))
        {
            us.OnDiscovered(us.Id, us.Addresses);
            foreach (Libp2pNode other in others) us.OnDiscovered(other.Id, other.Addresses);
            await WaitAsync(5);
            Assert.Equal(2, us.ConnectedPeers.Count);

            // Whoever goes makes room for the third.
            await us.DisconnectAsync(us.ConnectedPeers.First());
            await WaitAsync(1);
            Assert.Equal(2, us.ConnectedPeers.Count);
        }

        await DisposeAsync([us, .. others]);
    });

    [Fact]
    public void A_discovered_peer_that_went_down_is_dialled_until_it_is_back() => _world.Run(async () =>
    {
        SimulatedHost host = AddHost(2);
        Libp2pNode us = await StartAsync(AddHost(1)), other = await StartAsync(host);
        await using (AutoDialer.Start(us))
        {
            us.OnDiscovered(other.Id, other.Addresses);
            await WaitAsync(2);
            Assert.Single(us.ConnectedPeers);
            await other.DisposeAsync();
            await WaitAsync(2);
            Assert.Empty(us.ConnectedPeers);
            other = await StartAsync(host, other.Id);
            await WaitAsync(30);
            Assert.Equal([other.Id], us.ConnectedPeers);
        }

        await DisposeAsync([us, other]);
    });

    [Fact]
    public void Bootstrap_peers_are_dialled_until_they_are_there_and_again_when_they_are_lost() => _world.Run(async () =>
    {
        SimulatedHost host = AddHost(2);
        Libp2pNode us = await StartAsync(AddHost(1));
        Multiaddr address = Multiaddr.Parse("/ip4/10.0.0.2/tcp/4001"); // Without a peer id: whoever is there.
        await using (BootstrapDiscovery.Start(us, [address]))
        {
            await WaitAsync(60);
            Assert.Empty(us.ConnectedPeers);
            Libp2pNode other = await StartAsync(host);
            await WaitAsync(200);
            Assert.Equal([other.Id], us.ConnectedPeers);
            await other.DisposeAsync();
            await WaitAsync(20);
            Assert.Empty(us.ConnectedPeers);
            other = await StartAsync(host, other.Id);
            await WaitAsync(60);
            Assert.Equal([other.Id], us.ConnectedPeers);
            await other.DisposeAsync();
        }

        await us.DisposeAsync();
    });

    [Fact]
    public void Disposing_gives_up_dials_under_way() => _world.Run(async () =>
    {
        Libp2pNode us = await StartAsync(AddHost(1));
        await BootstrapDiscovery.Start(us, [Multiaddr.Parse("/ip4/10.0.0.99/tcp/4001")]).DisposeAsync();
        var dialer = AutoDialer.Start(us);
        us.OnDiscovered(MdnsCoreTests.Peer(9), [Multiaddr.Parse("/ip4/10.0.0.99/tcp/4001")]);
        await dialer.DisposeAsync();
        await dialer.DisposeAsync();
        await us.DisposeAsync();
    });

    [Fact]
    public void The_public_list_can_be_read() => Assert.All(BootstrapDiscovery.PublicPeers, a => Assert.NotNull(a.PeerId));

    private readonly Dictionary<PeerId, byte> _seeds = [];

    private SimulatedHost AddHost(byte number) => _world.AddHost(IPAddress.Parse($"10.0.0.{number}"));

    /// <summary>Starts a node on a host; with <paramref name="again"/> the one that was there before.</summary>
    private async Task<Libp2pNode> StartAsync(SimulatedHost host, PeerId? again = null)
    {
        byte seed = again is { } id ? _seeds[id] : (byte)(_seeds.Count + 1);
        PrivateKey key = PrivateKey.FromEd25519Seed([.. Enumerable.Repeat(seed, 32)]);
        _seeds[key.PeerId] = seed;
        return await Libp2pNode.StartAsync(new Libp2pOptions { Key = key, Network = host, Listen = [Multiaddr.Parse($"/ip4/{host.Addresses[0]}/tcp/4001")] });
    }

    private Task WaitAsync(double seconds) => _world.Time.DelayAsync(TimeSpan.FromSeconds(seconds), default);

    private static async Task DisposeAsync(IEnumerable<Libp2pNode> nodes)
    {
        foreach (Libp2pNode node in nodes) await node.DisposeAsync();
    }
}
