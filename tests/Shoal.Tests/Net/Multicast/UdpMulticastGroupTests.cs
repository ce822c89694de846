using System.Net;
using System.Net.Sockets;
using Shoal.Net;
using Shoal.Net.Multicast;

namespace Shoal.Tests.Net.Multicast;

/// <summary>Real sockets on this host. Groups of administrative scope, ports of the system's choice: nobody else is disturbed.</summary>
public sealed class UdpMulticastGroupTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));

    public void Dispose() => _deadline.Dispose();

    [Theory]
    [InlineData("239.255.77.1")]
    [InlineData("ff12::7701")]
    public async Task Members_that_share_a_port_hear_each_other_and_themselves(string group)
    {
        if (group.Contains(':') && !Socket.OSSupportsIPv6) return;
        int port = FreePort();
        await using var one = UdpMulticastGroup.Join(IPAddress.Parse(group), port);
        await using var two = UdpMulticastGroup.Join(IPAddress.Parse(group), port);
        if (await one.SendAsync("hello"u8.ToArray(), _deadline.Token) == 0) return; // No interface here carries multicast of this family.

        foreach (UdpMulticastGroup member in (UdpMulticastGroup[])[one, two])
        {
            byte[] buffer = new byte[100];
            MulticastDatagram datagram = await member.ReceiveAsync(buffer, _deadline.Token);
            Assert.Equal("hello"u8.ToArray(), buffer[..datagram.Length]);
            Assert.Equal(port, datagram.Source.Port);
            Assert.True(datagram.IsFromThisHost);
        }
    }

    [Fact]
    public async Task What_is_sent_to_the_host_alone_is_passed_over()
    {
        int port = FreePort();
        await using var member = UdpMulticastGroup.Join(IPAddress.Parse("239.255.77.2"), port);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await stranger.SendToAsync("private"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), _deadline.Token);
        if (await member.SendAsync("to all"u8.ToArray(), _deadline.Token) == 0) return;

        byte[] buffer = new byte[100];
        MulticastDatagram datagram = await member.ReceiveAsync(buffer, _deadline.Token);
        Assert.Equal("to all"u8.ToArray(), buffer[..datagram.Length]);
    }

    [Fact]
    public async Task The_second_look_at_the_interfaces_finds_nothing_new()
    {
        await using var member = UdpMulticastGroup.Join(IPAddress.Parse("239.255.77.3"), FreePort());
        Assert.NotEmpty(member.Interfaces);
        Assert.False(member.UpdateInterfaces());
    }

    [Fact]
    public void A_port_that_is_not_shared_is_an_error_that_names_it()
    {
        using var greedy = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        greedy.ExclusiveAddressUse = true;
        greedy.Bind(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)greedy.LocalEndPoint!).Port;
        var error = Assert.Throws<NetworkException>(() => UdpMulticastGroup.Join(IPAddress.Parse("239.255.77.4"), port));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.Error);
    }

    [Fact]
    public async Task Giving_up_the_membership_ends_a_receive()
    {
        var member = UdpMulticastGroup.Join(IPAddress.Parse("239.255.77.5"), FreePort());
        Task receive = member.ReceiveAsync(new byte[10], _deadline.Token).AsTask();
        await member.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => receive);
        Assert.Equal(0, await member.SendAsync(new byte[1], _deadline.Token));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
