using Shoal.Libp2p;
using Shoal.Libp2p.Dialing;

namespace Shoal.Tests.Libp2p.Dialing;

/// <summary>The order and the pace of dialing, without a network or a clock.</summary>
public sealed class DialPlanTests
{
    private static readonly TimeSpan Zero = TimeSpan.Zero;
    private static readonly Exception Refused = new InvalidOperationException("refused");

    [Fact]
    public void Near_addresses_come_first_and_the_families_take_turns() => Assert.Equal(
        [
            "/memory/x", "/ip6/::1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip6/fd00::1/tcp/1", "/ip4/192.168.1.2/tcp/1", "/ip4/10.0.0.1/tcp/1",
            "/ip6/2001:db8::1/tcp/1", "/ip4/8.8.8.8/tcp/1", "/ip6/2001:db8::2/tcp/1", "/ip4/9.9.9.9/tcp/1",
        ],
        AddressRank.Order(Parse(
            "/ip4/8.8.8.8/tcp/1", "/ip4/9.9.9.9/tcp/1", "/ip6/2001:db8::1/tcp/1", "/ip6/2001:db8::2/tcp/1", "/ip4/192.168.1.2/tcp/1",
            "/ip4/10.0.0.1/tcp/1", "/ip6/fd00::1/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/1", "/memory/x")).Select(a => a.ToString()));

    [Theory]
    [InlineData("/ip4/10.255.0.1/tcp/1", "Private")]
    [InlineData("/ip4/172.16.0.1/tcp/1", "Private")]
    [InlineData("/ip4/172.32.0.1/tcp/1", "Public")]
    [InlineData("/ip4/100.64.0.1/tcp/1", "Private")]
    [InlineData("/ip4/100.128.0.1/tcp/1", "Public")]
    [InlineData("/ip4/169.254.1.1/tcp/1", "Private")]
    [InlineData("/ip4/127.1.2.3/tcp/1", "Loopback")]
    [InlineData("/ip6/fe80::1/tcp/1", "Private")]
    [InlineData("/ip6/::ffff:127.0.0.1/tcp/1", "Loopback")]
    [InlineData("/dns4/example.org/tcp/1", "Unknown")]
    public void Reach_follows_the_address_registries(string address, string reach) =>
        Assert.Equal(reach, AddressRank.ReachOf(Multiaddr.Parse(address)).ToString());

    [Fact]
    public void Each_address_has_a_head_start_over_the_next()
    {
        DialPlan plan = Plan("/ip4/1.0.0.1/tcp/1", "/ip4/1.0.0.2/tcp/1");

        Assert.True(plan.TryNext(Zero, out Multiaddr? first));
        Assert.Equal("/ip4/1.0.0.1/tcp/1", first.ToString());
        Assert.False(plan.TryNext(Milliseconds(249), out _));
        Assert.Equal(Milliseconds(250), plan.NextDeadline);
        Assert.True(plan.TryNext(Milliseconds(250), out Multiaddr? second));
        Assert.Equal("/ip4/1.0.0.2/tcp/1", second.ToString());
        Assert.Null(plan.NextDeadline);
    }

    [Fact]
    public void A_failure_ends_the_head_start_at_once()
    {
        DialPlan plan = Plan("/ip4/1.0.0.1/tcp/1", "/ip4/1.0.0.2/tcp/1");
        plan.TryNext(Zero, out Multiaddr? first);

        plan.OnFailure(first!, Refused);

        Assert.True(plan.TryNext(Milliseconds(1), out _));
        Assert.False(plan.IsExhausted);
    }

    [Fact]
    public void It_is_exhausted_when_all_have_failed_and_says_why_in_order()
    {
        DialPlan plan = Plan("/ip4/1.0.0.1/tcp/1", "/ip4/1.0.0.2/tcp/1");
        plan.TryNext(Zero, out Multiaddr? first);
        plan.TryNext(Milliseconds(250), out Multiaddr? second);
        plan.OnFailure(second!, Refused);
        plan.OnFailure(first!, Refused);

        Assert.True(plan.IsExhausted);
        Assert.Equal([second!, first!], plan.Failures.Select(f => f.Address));
    }

    [Fact]
    public void An_address_is_dialled_once_however_often_it_is_added()
    {
        DialPlan plan = Plan("/ip4/1.0.0.1/tcp/1", "/ip4/1.0.0.1/tcp/1");
        plan.TryNext(Zero, out Multiaddr? first);
        plan.OnFailure(first!, Refused);

        plan.Add([first!]);

        Assert.True(plan.IsExhausted);
    }

    [Fact]
    public void Not_more_addresses_are_dialled_at_a_time_than_allowed()
    {
        var plan = new DialPlan(new DialOptions { ParallelPerPeer = 2 });
        plan.Add(Parse("/ip4/1.0.0.1/tcp/1", "/ip4/1.0.0.2/tcp/1", "/ip4/1.0.0.3/tcp/1"));
        plan.TryNext(Zero, out Multiaddr? first);
        plan.TryNext(TimeSpan.FromSeconds(1), out _);

        Assert.False(plan.TryNext(TimeSpan.FromSeconds(2), out _));
        Assert.Null(plan.NextDeadline);
        plan.OnFailure(first!, Refused);
        Assert.True(plan.TryNext(TimeSpan.FromSeconds(2), out _));
    }

    [Fact]
    public void Of_too_many_addresses_the_best_are_dialled()
    {
        var plan = new DialPlan(new DialOptions { MaxAddresses = 2 });
        plan.Add(Parse("/ip4/8.8.8.8/tcp/1", "/ip4/10.0.0.1/tcp/1", "/ip4/127.0.0.1/tcp/1"));

        List<string> dialled = [];
        for (TimeSpan now = Zero; plan.TryNext(now, out Multiaddr? address); now += TimeSpan.FromSeconds(1)) dialled.Add(address.ToString());

        Assert.Equal(["/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/1"], dialled);
    }

    [Fact]
    public void Addresses_added_on_the_way_are_ranked_among_those_that_wait()
    {
        DialPlan plan = Plan("/ip4/8.8.8.8/tcp/1", "/ip4/9.9.9.9/tcp/1");
        plan.TryNext(Zero, out _);

        plan.Add(Parse("/ip4/10.0.0.1/tcp/1"));

        plan.TryNext(TimeSpan.FromSeconds(1), out Multiaddr? next);
        Assert.Equal("/ip4/10.0.0.1/tcp/1", next!.ToString());
    }

    private static DialPlan Plan(params string[] addresses)
    {
        var plan = new DialPlan(new DialOptions());
        plan.Add(Parse(addresses));
        return plan;
    }

    private static Multiaddr[] Parse(params string[] addresses) => [.. addresses.Select(Multiaddr.Parse)];

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);
}
