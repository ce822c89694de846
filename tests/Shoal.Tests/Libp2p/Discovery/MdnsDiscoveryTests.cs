using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Libp2p.Discovery.Mdns;
using Shoal.Net;
using Shoal.Net.Multicast;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Discovery;

/// <summary>The shell around <see cref="MdnsCore"/>, on a virtual clock.</summary>
public class MdnsDiscoveryTests
{
    private readonly SimulatedNetwork _world = new(seed: 1);
    private readonly SimulatedLan _lan;

    public MdnsDiscoveryTests() => _lan = new SimulatedLan(_world.Time);

    [Fact]
    public void Thirty_nodes_find_each_other_within_two_seconds_and_report_each_once() => _world.Run(async () =>
    {
        Host[] hosts = [.. Enumerable.Range(1, 30).Select(i => Start((byte)i))];
        await WaitAsync(2);
        Assert.All(hosts, h => Assert.Equal(29, h.Found.Select(f => f.Peer).Distinct().Count()));
        Assert.All(hosts, h => Assert.Equal(29, h.Found.Count));
        foreach (Host host in hosts) await host.Discovery.DisposeAsync();
    });

    [Fact]
    public void Whoever_comes_late_finds_and_is_found_at_once() => _world.Run(async () =>
    {
        Host first = Start(1);
        await WaitAsync(200);
        Host second = Start(2);
        await WaitAsync(0.3);
        Assert.Equal(second.Id, Assert.Single(first.Found).Peer);
        Assert.Equal(first.Id, Assert.Single(second.Found).Peer);
        await first.Discovery.DisposeAsync();
        await second.Discovery.DisposeAsync();
    });

    [Fact]
    public void A_changed_address_reaches_the_others_at_once() => _world.Run(async () =>
    {
        Host first = Start(1), second = Start(2);
        await WaitAsync(30);
        second.Addresses = [Multiaddr.Parse("/ip4/10.9.9.9/tcp/1")];
        second.Discovery.OnAddressesChanged();
        await WaitAsync(1.2);
        Assert.Contains(first.Found[^1].Addresses, a => a.ToString().StartsWith("/ip4/10.9.9.9/", StringComparison.Ordinal));
        await first.Discovery.DisposeAsync();
        await second.Discovery.DisposeAsync();
    });

    [Fact]
    public void A_node_that_left_with_a_goodbye_is_news_when_it_is_back() => _world.Run(async () =>
    {
        Host first = Start(1), second = Start(2);
        await WaitAsync(5);
        await second.Discovery.DisposeAsync();
        await WaitAsync(5);
        Host back = Start(2);
        await WaitAsync(1);
        Assert.Equal(2, first.Found.Count);
        await first.Discovery.DisposeAsync();
        await back.Discovery.DisposeAsync();
    });

    [Fact]
    public void A_new_interface_is_asked_on_and_announced_to_at_the_next_look() => _world.Run(async () =>
    {
        Host host = Start(1);
        await WaitAsync(190);
        int before = _lan.Sent.Count;
        await WaitAsync(10);
        Assert.Equal(before, _lan.Sent.Count); // The regular query is due every 60 s now, last at 183 s.
        _lan.AddInterface();
        await WaitAsync(new MdnsOptions().InterfaceCheckInterval.TotalSeconds + 0.2);
        Assert.Equal([false, true], _lan.Sent.Skip(before).Select(p => DnsCodec.Read(p).IsResponse).Distinct().Order());
        await host.Discovery.DisposeAsync();
    });

    [Fact]
    public void A_port_that_is_taken_is_tried_again() => _world.Run(async () =>
    {
        bool isTaken = true;
        Host first = Start(1), second = Start(2, (group, port) => isTaken ? throw new NetworkException("taken") : _lan.Join(group, port));
        await WaitAsync(20);
        Assert.Empty(first.Found);
        isTaken = false;
        await WaitAsync(6);
        Assert.Single(first.Found);
        Assert.Single(second.Found);
        await first.Discovery.DisposeAsync();
        await second.Discovery.DisposeAsync();
    });

    [Fact]
    public void Garbage_and_a_broken_socket_do_not_end_it() => _world.Run(async () =>
    {
        int failures = 0;
        Host first = Start(1), second = Start(2, (group, port) => new Flaky(_lan.Join(group, port), () => ++failures < 6));
        for (int i = 0; i < 500; i++) _lan.Send(MdnsDiscovery.GroupV4, [1, 2, 3]);
        await WaitAsync(8);
        Assert.Single(first.Found);
        Assert.Single(second.Found);
        Assert.True(failures >= 6);
        await first.Discovery.DisposeAsync();
        await second.Discovery.DisposeAsync();
    });

    [Fact]
    public void Disposing_twice_is_harmless_and_says_goodbye_once() => _world.Run(async () =>
    {
        Host host = Start(1);
        await WaitAsync(5);
        int before = _lan.Sent.Count;
        await host.Discovery.DisposeAsync();
        await host.Discovery.DisposeAsync();
        Assert.Equal(2, _lan.Sent.Count - before); // One in each group.
    });

    private Host Start(byte number, Func<IPAddress, int, IMulticastGroup>? join = null) => new(number, _world.Time, join ?? _lan.Join);

    private Task WaitAsync(double seconds) => _world.Time.DelayAsync(TimeSpan.FromSeconds(seconds), default);

    private sealed class Host
    {
        internal Host(byte number, TimeProvider time, Func<IPAddress, int, IMulticastGroup> join)
        {
            Id = MdnsCoreTests.Peer(number);
            Addresses = [Multiaddr.Parse($"/ip4/10.0.0.{number}/tcp/4001")];
            var host = new MdnsHost
            {
                Id = Id,
                Addresses = () => Addresses,
                OnDiscovered = (peer, addresses) => Found.Add((peer, addresses)),
                Time = time,
                Random = new Random(number),
                Log = NullLogger.Instance,
                Join = join,
            };
            Discovery = new MdnsDiscovery(host, new MdnsOptions());
        }

        internal PeerId Id { get; }

        internal IReadOnlyList<Multiaddr> Addresses { get; set; }

        internal List<(PeerId Peer, IReadOnlyList<Multiaddr> Addresses)> Found { get; } = [];

        internal MdnsDiscovery Discovery { get; }
    }

    /// <summary>A membership whose receives fail for as long as it is told.</summary>
    private sealed class Flaky(IMulticastGroup inner, Func<bool> fails) : IMulticastGroup
    {
        public bool UpdateInterfaces() => inner.UpdateInterfaces();

        public ValueTask<MulticastDatagram> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
            fails() ? throw new NetworkException("broken") : inner.ReceiveAsync(buffer, cancellationToken);

        public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => inner.SendAsync(bytes, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
