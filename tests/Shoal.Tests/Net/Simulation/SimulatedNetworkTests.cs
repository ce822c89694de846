using System.Net;
using System.Net.Sockets;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

public class SimulatedNetworkTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SimulatedNetwork _network = new(3);

    [Fact]
    public void Hosts_get_addresses_of_their_own()
    {
        SimulatedHost a = _network.AddHost(), b = _network.AddHost();
        Assert.Equal([IPAddress.Parse("10.0.0.1")], a.Addresses);
        Assert.Equal([IPAddress.Parse("10.0.0.2")], b.Addresses);
        SimulatedHost c = _network.AddHost("c", IPAddress.Parse("10.0.0.4"), IPAddress.Parse("fd00::1"));
        Assert.Equal(IPAddress.Parse("10.0.0.5"), _network.AddHost().Addresses[0]);
        Assert.Equal("c", c.ToString());
        Assert.Contains(IPAddress.Parse("fd00::1"), c.GetLocalAddresses());
        Assert.Contains(IPAddress.Loopback, c.GetLocalAddresses());
        Assert.Throws<ArgumentException>(() => _network.AddHost(IPAddress.Parse("10.0.0.1")));
        Assert.Throws<ArgumentException>(() => _network.AddHost(IPAddress.Any));
    }

    [Fact]
    public void A_connection_is_refused_where_nobody_listens() => _network.Run(async () =>
    {
        SimulatedHost a = _network.AddHost(), b = _network.AddHost();
        await Fails(a.ConnectAsync(new IPEndPoint(b.Addresses[0], 1), default), SocketError.ConnectionRefused);
        Assert.Equal(40, _network.Time.Elapsed.TotalMilliseconds);
        await Fails(a.ConnectAsync(IPEndPoint.Parse("10.9.9.9:1"), default), SocketError.HostUnreachable);
        await Fails(a.ConnectAsync(IPEndPoint.Parse("[fd00::1]:1"), default), SocketError.NetworkUnreachable);
    });

    [Fact]
    public async Task Tasks_are_started_inside_a_run()
    {
        SimulatedHost a = _network.AddHost();
        NetListener listener = a.Listen(new IPEndPoint(IPAddress.Any, 5));
        await Assert.ThrowsAsync<InvalidOperationException>(() => listener.AcceptAsync(default).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => a.ConnectAsync(listener.LocalEndPoint, default).AsTask());
        await listener.DisposeAsync();
    }

    [Fact]
    public void A_listener_that_was_disposed_refuses_and_ends_its_accepts() => _network.Run(async () =>
    {
        SimulatedHost a = _network.AddHost(), b = _network.AddHost();
        NetListener listener = b.Listen(new IPEndPoint(IPAddress.Any, 5));
        NetConnection near = await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
        Task<NetConnection> accepted = listener.AcceptAsync(default).AsTask();
        Task<NetConnection> second = listener.AcceptAsync(default).AsTask();
        await accepted;
        Task third = a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default).AsTask();
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener.AcceptAsync(default).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<NetworkException>(() => third)).Error);
        await near.SendAsync(new byte[1]);
    });

    [Fact]
    public void Waits_to_connect_and_to_accept_end_with_their_token() => _network.Run(async () =>
    {
        SimulatedHost a = _network.AddHost(), b = _network.AddHost();
        NetListener listener = b.Listen(new IPEndPoint(IPAddress.Any, 5));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(30), _network.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), stop.Token).AsTask());
        Assert.Equal(30, _network.Time.Elapsed.TotalMilliseconds);
        using var stopAccept = new CancellationTokenSource(Second, _network.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener.AcceptAsync(stopAccept.Token).AsTask());
        Assert.Equal(0, a.ConnectionCount + b.ConnectionCount);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listener.AcceptAsync(stop.Token).AsTask());
    });

    [Fact]
    public void Listening_checks_the_address_and_gives_out_ports() => _network.Run(async () =>
    {
        SimulatedHost a = _network.AddHost();
        NetListener one = a.Listen(new IPEndPoint(IPAddress.Any, 0));
        NetListener two = a.Listen(new IPEndPoint(IPAddress.Any, 0));
        Assert.NotEqual(0, one.LocalEndPoint.Port);
        Assert.NotEqual(one.LocalEndPoint.Port, two.LocalEndPoint.Port);
        Throws(SocketError.AddressAlreadyInUse, () => a.Listen(one.LocalEndPoint));
        Throws(SocketError.AddressAlreadyInUse, () => a.Listen(new IPEndPoint(a.Addresses[0], one.LocalEndPoint.Port)));
        Throws(SocketError.AddressNotAvailable, () => a.Listen(IPEndPoint.Parse("10.5.5.5:1")));
        await one.DisposeAsync();
        await a.Listen(one.LocalEndPoint).DisposeAsync();

        static void Throws(SocketError error, Action action) => Assert.Equal(error, Assert.Throws<NetworkException>(action).Error);
    });

    [Fact]
    public void A_full_backlog_refuses()
    {
        var network = new SimulatedNetwork(1, new SimulatedNetworkOptions { Backlog = 2 });
        network.Run(async () =>
        {
            SimulatedHost a = network.AddHost(), b = network.AddHost();
            NetListener listener = b.Listen(new IPEndPoint(IPAddress.Any, 5));
            var there = new IPEndPoint(b.Addresses[0], 5);
            NetConnection first = await a.ConnectAsync(there, default);
            await a.ConnectAsync(there, default);
            await Fails(a.ConnectAsync(there, default), SocketError.ConnectionRefused);
            await listener.AcceptAsync(default);
            await a.ConnectAsync(there, default);
            await Fails(a.ConnectAsync(there, default), SocketError.ConnectionRefused);
        });
    }

    [Fact]
    public void A_handshake_that_a_cut_swallows_gives_its_place_in_the_backlog_back()
    {
        var network = new SimulatedNetwork(1, new SimulatedNetworkOptions { Backlog = 1 });
        network.Run(async () =>
        {
            SimulatedHost a = network.AddHost(), b = network.AddHost();
            NetListener listener = b.Listen(new IPEndPoint(IPAddress.Any, 5));
            var there = new IPEndPoint(b.Addresses[0], 5);
            NetConnection near = await a.ConnectAsync(there, default);
            network.Cut([a], [b]);
            await Fails(near.ReceiveAsync(new byte[1]), SocketError.TimedOut);
            network.HealAll();
            Assert.Equal(0, a.ConnectionCount + b.ConnectionCount);
            await a.ConnectAsync(there, default);
            await listener.AcceptAsync(default);
        });
    }

    [Fact]
    public void Attempts_are_lost_as_often_as_the_link_says()
    {
        var network = new SimulatedNetwork(1, new SimulatedNetworkOptions { Link = new LinkOptions { ConnectLoss = 0.2 } });
        network.Run(async () =>
        {
            (SimulatedHost a, SimulatedHost b) = AddEchoPair(network);
            int lost = 0;
            for (int i = 0; i < 1000; i++)
            {
                try
                {
                    (await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default)).Abort();
                }
                catch (NetworkException e)
                {
                    Assert.Equal(SocketError.ConnectionReset, e.Error);
                    lost++;
                }
            }

            Assert.InRange(lost, 160, 240);
        });
    }

    [Fact]
    public void Connections_break_as_often_and_as_soon_as_the_link_says()
    {
        var link = new LinkOptions { BreakProbability = 0.3, BreakWithin = TimeSpan.FromSeconds(10) };
        var network = new SimulatedNetwork(1, new SimulatedNetworkOptions { Link = link });
        network.Run(async () =>
        {
            (SimulatedHost a, SimulatedHost b) = AddEchoPair(network);
            for (int i = 0; i < 500; i++) await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
            await Task.Delay(11 * Second, network.Time);
            Assert.InRange(a.ConnectionCount, 310, 390);
            Assert.Equal(a.ConnectionCount, b.ConnectionCount);
        });
    }

    [Fact]
    public void What_is_sent_over_a_cut_arrives_once_it_is_healed() => _network.Run(async () =>
    {
        (SimulatedHost a, SimulatedHost b) = AddEchoPair(_network);
        NetConnection near = await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
        _network.Cut([a], [b]);
        await near.SendAsync(new byte[5]);
        Task<int> receiving = near.ReceiveAsync(new byte[10]).AsTask();
        await Task.Delay(30 * Second, _network.Time);
        Assert.False(receiving.IsCompleted);
        _network.Heal([b], [a]);
        double healed = _network.Time.Elapsed.TotalMilliseconds;
        Assert.Equal(5, await receiving);
        Assert.Equal(healed + 40, _network.Time.Elapsed.TotalMilliseconds);
    });

    [Fact]
    public void A_cut_that_stays_breaks_the_sender_in_the_end() => _network.Run(async () =>
    {
        (SimulatedHost a, SimulatedHost b) = AddEchoPair(_network);
        NetConnection near = await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
        await Task.Delay(Second, _network.Time);
        Assert.Equal(1, b.ConnectionCount);
        _network.Cut([a], [b]);
        await near.SendAsync(new byte[5]);
        await Fails(near.ReceiveAsync(new byte[10]), SocketError.TimedOut);
        Assert.InRange(_network.Time.Elapsed, TimeSpan.FromSeconds(61), TimeSpan.FromSeconds(61.1));
        Assert.Equal(1, b.ConnectionCount); // It sent nothing and knows nothing.
    });

    [Fact]
    public void Connecting_over_a_cut_goes_on_trying_until_it_is_healed_or_time_is_up() => _network.Run(async () =>
    {
        (SimulatedHost a, SimulatedHost b) = AddEchoPair(_network);
        SimulatedHost c = _network.AddHost();
        _network.Cut([a, c], [b]);
        Task<NetConnection> connecting = a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default).AsTask();
        await Task.Delay(5 * Second, _network.Time);
        _network.Heal([a], [b]);
        await connecting;
        Assert.InRange(_network.Time.Elapsed.TotalSeconds, 5, 6.1);

        await Fails(c.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default), SocketError.TimedOut);
        Assert.InRange(_network.Time.Elapsed.TotalSeconds, 25, 26.1);
        _network.HealAll();
        await c.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
    });

    [Fact]
    public void A_host_that_goes_down_breaks_its_connections_and_is_reached_again_when_it_comes_up() => _network.Run(async () =>
    {
        (SimulatedHost a, SimulatedHost b) = AddEchoPair(_network);
        var there = new IPEndPoint(b.Addresses[0], 5);
        NetConnection near = await a.ConnectAsync(there, default);
        await near.SendAsync(new byte[5]);
        Assert.Equal(5, await near.ReceiveAsync(new byte[10]));
        Task<int> receiving = near.ReceiveAsync(new byte[10]).AsTask();
        double start = _network.Time.Elapsed.TotalMilliseconds;
        b.GoDown();
        Assert.Equal(0, b.ConnectionCount);
        await Fails(new ValueTask<int>(receiving), SocketError.ConnectionReset);
        Assert.Equal(start + 20, _network.Time.Elapsed.TotalMilliseconds);
        await Fails(b.ConnectAsync(new IPEndPoint(a.Addresses[0], 5), default), SocketError.NetworkDown);
        await Fails(a.ConnectAsync(there, default), SocketError.TimedOut);

        b.ComeUp();
        near = await a.ConnectAsync(there, default);
        await near.SendAsync(new byte[5]);
        Assert.Equal(5, await near.ReceiveAsync(new byte[10]));
    });

    [Fact]
    public void Churn_takes_hosts_down_for_the_share_of_time_it_was_told()
    {
        SimulatedHost[] hosts = [.. Enumerable.Range(0, 50).Select(_ => _network.AddHost())];
        IDisposable churn = _network.StartChurn(hosts, meanUp: 30 * Second, meanDown: 10 * Second);
        double up = 0;
        for (int i = 0; i < 100; i++)
        {
            _network.RunFor(10 * Second);
            up += hosts.Count(h => h.IsUp) / 50.0 / 100;
        }

        Assert.InRange(up, 0.7, 0.8);
        churn.Dispose();
        long events = _network.Trace.Count;
        _network.RunFor(1000 * Second);
        Assert.Equal(events, _network.Trace.Count);
    }

    [Fact]
    public void A_link_of_its_own_counts_both_ways() => _network.Run(async () =>
    {
        (SimulatedHost a, SimulatedHost b) = AddEchoPair(_network);
        _network.SetLink(b, a, new LinkOptions { Latency = Second });
        NetConnection near = await a.ConnectAsync(new IPEndPoint(b.Addresses[0], 5), default);
        Assert.Equal(2 * Second, _network.Time.Elapsed);
        await near.SendAsync(new byte[5]);
        await near.ReceiveAsync(new byte[5]);
        Assert.Equal(4 * Second, _network.Time.Elapsed);
    });

    [Fact]
    public void One_seed_gives_one_trace_and_another_seed_another()
    {
        SimulationTrace first = Busy(5), again = Busy(5), other = Busy(6);
        Assert.True(first.Count > 1000);
        Assert.Null(first.FirstDifference(again));
        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal(first.Entries, again.Entries);
        Assert.NotEqual(first.Hash, other.Hash);
        Assert.NotNull(first.FirstDifference(other));
    }

    [Fact]
    public void Random_sources_differ_by_seed_and_stream_and_are_the_same_again()
    {
        int[] values = [Draw(1, 0), Draw(1, 1), Draw(2, 0), Draw(2, 1)];
        Assert.Equal(4, values.Distinct().Count());
        Assert.Equal(Draw(1, 1), values[1]);
        static int Draw(int seed, int stream) => new SimulatedNetwork(seed).CreateRandom(stream).Next();
    }

    [Fact]
    public void Time_that_stands_still_is_noticed()
    {
        var options = new SimulatedNetworkOptions { LoopbackLatency = TimeSpan.Zero };
        var network = new SimulatedNetwork(9, options);
        var e = Assert.Throws<SimulationException>(() => network.Run(async () =>
        {
            using ITimer timer = network.Time.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromTicks(1));
            Again();
            await Task.Delay(Second, network.Time);

            void Again() => network.Time.CreateTimer(_ => Again(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }));
        Assert.Contains("Time stands still", e.Message, StringComparison.Ordinal);
    }

    // Clients that connect, talk and give up, on a bad network with cuts and churn.
    private static SimulationTrace Busy(int seed)
    {
        var link = new LinkOptions
        {
            Jitter = TimeSpan.FromMilliseconds(10),
            ConnectLoss = 0.1,
            BreakProbability = 0.3,
            BytesPerSecond = 100_000,
            BreakWithin = TimeSpan.FromSeconds(20),
        };
        var network = new SimulatedNetwork(seed, new SimulatedNetworkOptions { Link = link, TraceDetail = TraceDetail.Data });
        SimulatedHost[] servers = [];
        network.Run(async () =>
        {
            servers = [AddEcho(network), AddEcho(network)];
            SimulatedHost[] clients = [.. Enumerable.Range(0, 10).Select(_ => network.AddHost())];
            using IDisposable churn = network.StartChurn(servers, 20 * Second, 5 * Second);
            await Task.WhenAll(clients.Select((c, i) => Client(c, network.CreateRandom(i))));
        });
        return network.Trace;

        async Task Client(SimulatedHost host, Random random)
        {
            for (int i = 0; i < 10; i++)
            {
                SimulatedHost server = servers[random.Next(2)];
                if (random.Next(10) == 0) network.Cut([host], [server]);
                else network.Heal([host], [server]);
                try
                {
                    await using NetConnection connection = await host.ConnectAsync(new IPEndPoint(server.Addresses[0], 5), default);
                    for (int j = 0; j < 5; j++)
                    {
                        int size = random.Next(1, 10_000);
                        await connection.SendAsync(new byte[size]);
                        while (size > 0) size -= await connection.ReceiveAsync(new byte[size]);
                        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1000)), network.Time);
                    }

                    network.Note(host, "had its talk");
                }
                catch (NetworkException e)
                {
                    network.Note(host, e.Error.ToString());
                }
            }
        }
    }

    private static (SimulatedHost Client, SimulatedHost Server) AddEchoPair(SimulatedNetwork network) => (network.AddHost(), AddEcho(network));

    // A host whose port 5 sends back what it gets.
    private static SimulatedHost AddEcho(SimulatedNetwork network)
    {
        SimulatedHost host = network.AddHost();
        NetListener listener = host.Listen(new IPEndPoint(IPAddress.Any, 5));
        _ = Serve();
        return host;

        async Task Serve()
        {
            while (true) _ = Echo(await listener.AcceptAsync(default));
        }

        static async Task Echo(NetConnection connection)
        {
            byte[] buffer = new byte[4096];
            try
            {
                while (await connection.ReceiveAsync(buffer) is var count && count > 0) await connection.SendAsync(buffer.AsMemory(0, count));
            }
            catch (NetworkException)
            {
                // Its loss.
            }

            await connection.DisposeAsync();
        }
    }

    private static async Task Fails(ValueTask<NetConnection> task, SocketError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<NetworkException>(() => task.AsTask())).Error);

    private static async Task Fails(ValueTask<int> task, SocketError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<NetworkException>(() => task.AsTask())).Error);
}
