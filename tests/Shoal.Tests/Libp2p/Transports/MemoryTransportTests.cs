using System.Net.Sockets;
using Shoal.Libp2p;
using Shoal.Libp2p.Transports;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Transports;

public class MemoryTransportTests
{
    private const string Peer = "/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";
    private readonly MemoryTransport _transport = new();

    [Theory]
    [InlineData("/memory/71001", true)]
    [InlineData("/memory/71001" + Peer, true)]
    [InlineData("/ip4/127.0.0.1/tcp/1", false)]
    [InlineData("/memory/71001/p2p-circuit", false)]
    public void It_takes_memory_addresses_with_or_without_a_peer(string address, bool takes)
    {
        Assert.Equal(takes, _transport.CanDial(Multiaddr.Parse(address)));
        Assert.Equal(takes, _transport.CanListen(Multiaddr.Parse(address)));
    }

    [Fact]
    public async Task A_dialler_and_a_listener_get_two_ends_of_one_connection()
    {
        await using ITransportListener listener = _transport.Listen(Multiaddr.Parse("/memory/71002" + Peer));
        Assert.Equal("/memory/71002", listener.LocalAddress.ToString());
        NetConnection near = await _transport.DialAsync(listener.LocalAddress.Append(Multiaddr.Parse(Peer)), default);
        (NetConnection far, Multiaddr remote) = await listener.AcceptAsync(default);
        Assert.Equal(listener.LocalAddress, remote);
        await near.SendAsync(new byte[] { 7 });
        byte[] got = new byte[1];
        Assert.Equal(1, await far.ReceiveAsync(got));
        Assert.Equal(7, got[0]);
    }

    [Fact]
    public void A_waiting_accept_goes_on_inside_the_dial() => new SimulatedNetwork(1).Run(async () =>
    {
        await using ITransportListener listener = _transport.Listen(Multiaddr.Parse("/memory/71003"));
        Task accepting = listener.AcceptAsync(default).AsTask();
        Task dialling = _transport.DialAsync(listener.LocalAddress, default);
        Assert.True(accepting.IsCompletedSuccessfully);
        Assert.True(dialling.IsCompletedSuccessfully);
    });

    [Fact]
    public async Task A_name_is_taken_once_and_free_again_after_dispose()
    {
        Multiaddr address = Multiaddr.Parse("/memory/71004");
        ITransportListener listener = _transport.Listen(address);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<NetworkException>(() => _transport.Listen(address)).Error);
        Task accepting = listener.AcceptAsync(default).AsTask();
        await listener.DisposeAsync();
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener.AcceptAsync(default).AsTask());
        await Refused(_transport.DialAsync(address, default));
        await _transport.Listen(address).DisposeAsync();
    }

    [Fact]
    public async Task A_full_backlog_refuses_and_dispose_drops_what_waits()
    {
        ITransportListener listener = _transport.Listen(Multiaddr.Parse("/memory/71005"));
        NetConnection first = await _transport.DialAsync(listener.LocalAddress, default);
        for (int i = 1; i < MemoryTransport.Backlog; i++) await _transport.DialAsync(listener.LocalAddress, default);
        await Refused(_transport.DialAsync(listener.LocalAddress, default));
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => first.ReceiveAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Tokens_end_waits()
    {
        await using ITransportListener listener = _transport.Listen(Multiaddr.Parse("/memory/71006"));
        using var stop = new CancellationTokenSource();
        Task accepting = listener.AcceptAsync(stop.Token).AsTask();
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _transport.DialAsync(listener.LocalAddress, stop.Token));
        await _transport.DialAsync(listener.LocalAddress, default);
        await listener.AcceptAsync(default);
    }

    private static async Task Refused(Task task) =>
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<NetworkException>(() => task)).Error);
}
