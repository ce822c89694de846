using System.Net;
using Shoal.Libp2p.Connections;

namespace Shoal.Tests.Libp2p.Connections;

/// <summary>What the connection limits let in, without a network or a clock.</summary>
public sealed class ConnectionGateTests
{
    private static readonly IPAddress Host = IPAddress.Parse("198.51.100.7");
    private static readonly TimeSpan Zero = TimeSpan.Zero;

    [Fact]
    public void The_total_counts_both_directions()
    {
        var gate = new ConnectionGate(new ConnectionLimits { MaxConnections = 2 });
        Assert.Null(gate.TryEnterOutbound());
        Assert.Null(gate.TryEnterInbound(Host, Zero));

        Assert.Equal("the limit ConnectionLimits.MaxConnections of 2 is reached", gate.TryEnterInbound(Host, Zero));
        Assert.NotNull(gate.TryEnterOutbound());
        gate.Leave(null);
        Assert.Null(gate.TryEnterOutbound());
    }

    [Fact]
    public void Handshakes_under_way_are_bounded()
    {
        var gate = new ConnectionGate(new ConnectionLimits { MaxPendingInbound = 1 });
        Assert.Null(gate.TryEnterInbound(Host, Zero));

        Assert.Contains("MaxPendingInbound", gate.TryEnterInbound(Host, Zero), StringComparison.Ordinal);
        gate.OnHandshakeOver();
        Assert.Null(gate.TryEnterInbound(Host, Zero));
    }

    [Fact]
    public void One_host_has_its_share_and_another_has_its_own()
    {
        var gate = new ConnectionGate(new ConnectionLimits { MaxInboundPerHost = 2 });
        gate.TryEnterInbound(Host, Zero);
        gate.TryEnterInbound(Host, Zero);

        Assert.Contains("MaxInboundPerHost of 2", gate.TryEnterInbound(Host, Zero), StringComparison.Ordinal);
        Assert.Null(gate.TryEnterInbound(IPAddress.Parse("198.51.100.8"), Zero));
        gate.Leave(Host);
        Assert.Null(gate.TryEnterInbound(Host, Zero));
    }

    [Fact]
    public void A_host_is_an_IPv4_address_or_an_IPv6_slash_64()
    {
        Assert.Equal(HostKey.Of(Host), HostKey.Of(Host.MapToIPv6()));
        Assert.Equal(HostKey.Of(IPAddress.Parse("2001:db8:1:2:3::4")), HostKey.Of(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.NotEqual(HostKey.Of(IPAddress.Parse("2001:db8:1:2::1")), HostKey.Of(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.NotEqual(HostKey.Of(IPAddress.Parse("0.0.0.1")), HostKey.Of(IPAddress.Parse("::1")));
    }

    [Fact]
    public void The_rate_allows_a_burst_and_then_its_trickle()
    {
        var gate = new ConnectionGate(new ConnectionLimits { InboundBurstPerHost = 3, InboundRatePerHost = 2 });
        for (int i = 0; i < 3; i++) Assert.Null(gate.TryEnterInbound(Host, Zero));

        Assert.Contains("InboundRatePerHost of 2", gate.TryEnterInbound(Host, Zero), StringComparison.Ordinal);
        Assert.NotNull(gate.TryEnterInbound(Host, TimeSpan.FromMilliseconds(400)));
        Assert.Null(gate.TryEnterInbound(Host, TimeSpan.FromMilliseconds(500)));
        Assert.NotNull(gate.TryEnterInbound(Host, TimeSpan.FromMilliseconds(600)));
        for (int i = 0; i < 3; i++) Assert.Null(gate.TryEnterInbound(Host, TimeSpan.FromMinutes(1)));
        Assert.NotNull(gate.TryEnterInbound(Host, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Loopback_is_limited_by_host_only_where_the_option_says_so(bool limited, bool enters)
    {
        var gate = new ConnectionGate(new ConnectionLimits { MaxInboundPerHost = 1, LimitLoopback = limited });
        gate.TryEnterInbound(IPAddress.Loopback, Zero);

        Assert.Equal(enters, gate.TryEnterInbound(IPAddress.Loopback, Zero) is null);
    }

    [Fact]
    public void Floods_from_many_hosts_are_remembered_within_bounds()
    {
        var gate = new ConnectionGate(new ConnectionLimits { MaxConnections = int.MaxValue, MaxPendingInbound = int.MaxValue });
        int let = 0;
        for (int i = 0; i < 2 * ConnectionGate.MaxHosts; i++)
            if (gate.TryEnterInbound(new IPAddress([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), Zero) is null) let++;

        Assert.Equal(ConnectionGate.MaxHosts, gate.RememberedHosts);
        Assert.InRange(let, ConnectionGate.MaxHosts, ConnectionGate.MaxHosts + 20); // All the others share one bucket.

        Assert.Null(gate.TryEnterInbound(Host, TimeSpan.FromMinutes(1))); // Full buckets are forgotten.
        Assert.InRange(gate.RememberedHosts, 1, 2);
    }
}
