using Shoal.Libp2p;
using Shoal.Libp2p.Protocols;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Simulation;

/// <summary>Whole nodes on the simulated network.</summary>
public class NodeTests
{
    private readonly SimulatedNetwork _network = new(5);

    [Fact]
    public void Nodes_connect_identify_ping_talk_and_close_in_exact_time() => _network.Run(async () =>
    {
        await using Libp2pNode a = await StartAsync(1);
        await using Libp2pNode b = await StartAsync(2);
        b.Handle("/echo/1.0.0", async (stream, stop) =>
        {
            await stream.CopyToAsync(stream, stop);
            await stream.CompleteWritesAsync(stop);
        });
        var identified = new TaskCompletionSource<IdentifyInfo>();
        a.PeerIdentified += (_, info) => identified.TrySetResult(info);

        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        Assert.Equal(b.Id, connection.RemotePeer);
        Assert.Contains("/echo/1.0.0", (await identified.Task).Protocols);
        Assert.Equal(TimeSpan.FromMilliseconds(40), await PingOnceAsync(connection));

        await using Libp2pStream stream = await a.OpenStreamAsync(b.Id, "/echo/1.0.0");
        await stream.WriteAsync(new byte[100_000]);
        await stream.CompleteWritesAsync();
        byte[] back = new byte[100_000];
        await stream.ReadExactlyAsync(back);
        Assert.Equal(0, await stream.ReadAsync(back));
    });

    [Fact]
    public void A_connection_that_is_lost_is_noticed_and_dialled_again() => _network.Run(async () =>
    {
        await using Libp2pNode a = await StartAsync(1);
        await using Libp2pNode b = await StartAsync(2);
        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        _network.Hosts[1].GoDown();
        await connection.Closed;
        Assert.Empty(a.ConnectedPeers);
        await Assert.ThrowsAsync<DialException>(() => a.ConnectAsync(b.Addresses[0]));
        _network.Hosts[1].ComeUp();
        connection = await a.ConnectAsync(b.Addresses[0]);
        await PingOnceAsync(connection);
    });

    [Fact]
    public void A_peer_that_falls_silent_is_given_up_by_the_keep_alive() => _network.Run(async () =>
    {
        await using Libp2pNode a = await StartAsync(1);
        await using Libp2pNode b = await StartAsync(2);
        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        _network.Cut([_network.Hosts[0]], [_network.Hosts[1]]);
        await connection.Closed.WaitAsync(TimeSpan.FromMinutes(2), _network.Time);
        Assert.Empty(a.ConnectedPeers);
    });

    private async Task<TimeSpan> PingOnceAsync(Libp2pConnection connection)
    {
        await foreach (TimeSpan roundTrip in Ping.PingAsync(connection, _network.Time)) return roundTrip;
        throw new InvalidOperationException("No ping.");
    }

    private async Task<Libp2pNode> StartAsync(byte number)
    {
        SimulatedHost host = _network.AddHost();
        return await Libp2pNode.StartAsync(new Libp2pOptions
        {
            Key = PrivateKey.FromEd25519Seed([.. Enumerable.Repeat(number, 32)]),
            Network = host,
            Listen = [Multiaddr.Parse($"/ip4/{host.Addresses[0]}/tcp/4001")],
        });
    }
}
