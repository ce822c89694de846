using System.Net;
using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Shoal.Tests.Libp2p.Node;

namespace Shoal.Tests.Libp2p.Protocols;

/// <summary>When an address at which others see us is believed.</summary>
public sealed class ObservedAddressesTests
{
    private static readonly Multiaddr Here = Multiaddr.Parse("/ip4/203.0.113.1/tcp/4001");
    private static readonly Multiaddr There = Multiaddr.Parse("/ip4/203.0.113.2/tcp/4001");
    private readonly ObservedAddresses _observed = new(4);

    [Fact]
    public void Four_hosts_that_agree_are_believed()
    {
        for (int i = 1; i <= 3; i++) Assert.False(Says(i, Here));
        Assert.Empty(_observed.Believed);

        Assert.True(Says(4, Here));
        Assert.Equal([Here], _observed.Believed);
        Assert.False(Says(5, Here));
    }

    [Fact]
    public void Many_peers_on_one_host_have_one_vote()
    {
        for (int i = 1; i <= 10; i++) _observed.OnObserved(Peer(i), IPAddress.Parse("198.51.100.1"), There);

        Assert.Empty(_observed.Believed);
    }

    [Fact]
    public void A_peer_has_one_say_and_may_change_its_mind()
    {
        for (int i = 1; i <= 4; i++) Says(i, Here);

        Assert.True(Says(4, There));
        Assert.Empty(_observed.Believed);
        for (int i = 1; i <= 3; i++) Says(i, There);
        Assert.Equal([There], _observed.Believed);
    }

    [Fact]
    public void Who_goes_takes_its_say_along()
    {
        for (int i = 1; i <= 4; i++) Says(i, Here);

        Assert.True(_observed.OnGone(Peer(1)));
        Assert.Empty(_observed.Believed);
        Assert.False(_observed.OnGone(Peer(1)));
    }

    private bool Says(int number, Multiaddr address) => _observed.OnObserved(Peer(number), new IPAddress([198, 51, 100, (byte)number]), address);

    private static PeerId Peer(int number) => SimulatedNodes.Key(number).PeerId;
}
