using System.Diagnostics;
using System.Text.Json;
using Shoal.InteropTests.Js;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery;
using Xunit.Abstractions;

namespace Shoal.InteropTests.Libp2p;

/// <summary>Multicast discovery together with js-libp2p and beside it on one port, with no address given to anybody.</summary>
/// <remarks>Each test has a service name of its own, so that what else runs on this network does not meddle.</remarks>
[Collection(ForeignProcesses.Name)]
public sealed class MdnsTests(ITestOutputHelper output) : NodeTest(output)
{
    /// <summary>Within this time of the second one's start, both must have found each other.</summary>
    private static readonly TimeSpan FindLimit = TimeSpan.FromSeconds(2);

    private readonly string _service = $"_shoal{Environment.ProcessId}-{Random.Shared.Next(1 << 20)}._udp.local";

    [JsFact]
    public async Task Js_that_is_there_first_and_we_find_each_other_within_2_seconds()
    {
        JsPeer js = await StartJsAsync(new { mdns = new { serviceTag = _service } });
        Libp2pNode ours = await StartOursAsync();
        var found = new Findings(ours);
        long start = Stopwatch.GetTimestamp();
        Own(MdnsDiscovery.Start(ours, new MdnsOptions { ServiceName = _service }));

        await AssertBothFindAsync(ours, found, js, start);
    }

    [JsFact]
    public async Task We_that_are_there_first_and_js_find_each_other_within_2_seconds()
    {
        Libp2pNode ours = await StartOursAsync();
        var found = new Findings(ours);
        Own(MdnsDiscovery.Start(ours, new MdnsOptions { ServiceName = _service }));
        JsPeer js = await StartJsAsync(new { mdns = new { serviceTag = _service } });

        await AssertBothFindAsync(ours, found, js, Stopwatch.GetTimestamp());
    }

    [JsFact]
    public async Task Under_the_standard_service_name_we_find_each_other_too()
    {
        Libp2pNode ours = await StartOursAsync();
        var found = new Findings(ours);
        Own(MdnsDiscovery.Start(ours));
        JsPeer js = await StartJsAsync(new { mdns = new { } });

        await AssertBothFindAsync(ours, found, js, Stopwatch.GetTimestamp());
    }

    [JsFact]
    public async Task What_is_found_is_dialled_and_dialled_again_when_it_comes_back()
    {
        Libp2pNode ours = await StartOursAsync();
        Own(AutoDialer.Start(ours, new AutoDialerOptions { FirstBackoff = TimeSpan.FromMilliseconds(300) }));
        Own(MdnsDiscovery.Start(ours, new MdnsOptions { ServiceName = _service }));
        foreach (int seed in (int[])[7, 7])
        {
            await using JsPeer js = await JsPeer.StartAsync(new { seed, mdns = new { serviceTag = _service } });
            JsonElement connected = await js.WaitAsync("connect", e => e.GetProperty("peer").ValueEquals(ours.Id.ToString()));
            Assert.Equal("inbound", connected.GetProperty("direction").GetString());
        }
    }

    [JsFact]
    public async Task Two_of_ours_and_two_js_peers_share_the_port_and_all_find_all()
    {
        Libp2pNode one = await StartOursAsync(), two = await StartOursAsync("/ip4/0.0.0.0/tcp/0");
        Findings[] found = [new Findings(one), new Findings(two)];
        Own(MdnsDiscovery.Start(one, new MdnsOptions { ServiceName = _service }));
        JsPeer first = await StartJsAsync(new { mdns = new { serviceTag = _service, interval = 500 } });
        Own(MdnsDiscovery.Start(two, new MdnsOptions { ServiceName = _service }));
        JsPeer second = await StartJsAsync(new { mdns = new { serviceTag = _service, interval = 500 } });

        long start = Stopwatch.GetTimestamp();
        foreach (JsPeer js in (JsPeer[])[first, second])
        {
            await AssertBothFindAsync(one, found[0], js, start);
            await AssertBothFindAsync(two, found[1], js, start);
        }

        await found[0].WaitAsync(two.Id, FindLimit);
        await found[1].WaitAsync(one.Id, FindLimit);
    }

    [JsFact]
    public async Task Peers_under_another_service_name_are_not_found()
    {
        await StartJsAsync(new { mdns = new { serviceTag = _service, interval = 200 } });
        Libp2pNode ours = await StartOursAsync(), other = await StartOursAsync();
        var found = new Findings(ours);
        Own(MdnsDiscovery.Start(ours, new MdnsOptions { ServiceName = "other" + _service }));
        Own(MdnsDiscovery.Start(other, new MdnsOptions { ServiceName = "other" + _service }));

        await found.WaitAsync(other.Id, FindLimit); // By then the js peer has been heard as well.
        Assert.Equal([other.Id], found.Peers);
    }

    private static async Task AssertBothFindAsync(Libp2pNode ours, Findings found, JsPeer js, long start)
    {
        Task<JsonElement> theirs = js.WaitAsync("discovery", e => e.GetProperty("peer").ValueEquals(ours.Id.ToString()), FindLimit);
        IReadOnlyList<Multiaddr> addresses = await found.WaitAsync(PeerId.Parse(js.Id), FindLimit);
        JsonElement discovery = await theirs;
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.True(took < FindLimit, $"it took {took.TotalSeconds:0.0} s");
        Assert.Contains(js.Addresses, a => addresses.Contains(Multiaddr.Parse(a)));
        IEnumerable<Multiaddr> heard = discovery.GetProperty("addrs").EnumerateArray().Select(a => Multiaddr.Parse(a.GetString()!).WithPeerId(ours.Id));
        Assert.NotEmpty(heard.Intersect(ours.Addresses));
    }

    /// <summary>What a node told of peers it found.</summary>
    private sealed class Findings
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<PeerId, TaskCompletionSource<IReadOnlyList<Multiaddr>>> _found = [];

        internal Findings(Libp2pNode node) => node.PeerDiscovered += (peer, addresses) => Find(peer).TrySetResult(addresses);

        internal IReadOnlyList<PeerId> Peers
        {
            get
            {
                lock (_gate) return [.. _found.Where(f => f.Value.Task.IsCompleted).Select(f => f.Key)];
            }
        }

        internal Task<IReadOnlyList<Multiaddr>> WaitAsync(PeerId peer, TimeSpan limit) => Find(peer).Task.WaitAsync(limit);

        private TaskCompletionSource<IReadOnlyList<Multiaddr>> Find(PeerId peer)
        {
            lock (_gate)
            {
                if (!_found.TryGetValue(peer, out TaskCompletionSource<IReadOnlyList<Multiaddr>>? found))
                    _found.Add(peer, found = new(TaskCreationOptions.RunContinuationsAsynchronously));
                return found;
            }
        }
    }
}
