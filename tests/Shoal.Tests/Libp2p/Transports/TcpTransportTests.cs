using Shoal.Libp2p;
using Shoal.Libp2p.Transports;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Transports;

public class TcpTransportTests
{
    private const string Peer = "/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";
    private readonly SimulatedNetwork _network = new(1);

    [Theory]
    [InlineData("/ip4/10.0.0.1/tcp/4001", true, true)]
    [InlineData("/ip6/fd00::1/tcp/4001" + Peer, true, true)]
    [InlineData("/ip4/0.0.0.0/tcp/0", false, true)]
    [InlineData("/ip4/10.0.0.1/tcp/4001/ws", false, false)]
    [InlineData("/ip4/10.0.0.1/udp/4001", false, false)]
    [InlineData("/dns4/example.com/tcp/4001", false, false)]
    [InlineData("/ip4/10.0.0.1/tcp/4001" + Peer + "/p2p-circuit", false, false)]
    public void It_takes_ip_and_tcp_and_nothing_behind_but_a_peer(string address, bool dials, bool listens)
    {
        var transport = new TcpTransport(_network.AddHost());
        Assert.Equal(dials, transport.CanDial(Multiaddr.Parse(address)));
        Assert.Equal(listens, transport.CanListen(Multiaddr.Parse(address)));
    }

    [Fact]
    public void A_dialler_and_a_listener_get_two_ends_of_one_connection() => _network.Run(async () =>
    {
        var a = new TcpTransport(_network.AddHost());
        var b = new TcpTransport(_network.AddHost());
        await using ITransportListener listener = b.Listen(Multiaddr.Parse("/ip4/10.0.0.2/tcp/4001" + Peer));
        Assert.Equal("/ip4/10.0.0.2/tcp/4001", listener.LocalAddress.ToString());
        NetConnection near = await a.DialAsync(Multiaddr.Parse("/ip4/10.0.0.2/tcp/4001" + Peer), default);
        (NetConnection far, Multiaddr remote) = await listener.AcceptAsync(default);
        Assert.Equal($"/ip4/10.0.0.1/tcp/{near.LocalEndPoint.Port}", remote.ToString());
        await far.SendAsync(new byte[1]);
        Assert.Equal(1, await near.ReceiveAsync(new byte[1]));
    });

    [Fact]
    public async Task An_address_of_another_kind_is_the_callers_fault()
    {
        var transport = new TcpTransport(_network.AddHost());
        Multiaddr address = Multiaddr.Parse("/memory/1");
        await Assert.ThrowsAsync<ArgumentException>(() => transport.DialAsync(address, default));
        Assert.Throws<ArgumentException>(() => transport.Listen(address));
    }
}
