using System.Net;
using System.Net.Sockets;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

public class SimulatedConnectionTests
{
    private static readonly LinkOptions Link = new() { Latency = TimeSpan.FromMilliseconds(10) };

    private SimulatedNetwork _network = null!;
    private SimulatedHost _a = null!;
    private SimulatedHost _b = null!;

    public SimulatedConnectionTests() => Use(new SimulatedNetworkOptions { Link = Link, WindowBytes = 1000 });

    private double Milliseconds => _network.Time.Elapsed.TotalMilliseconds;

    [Fact]
    public void Connecting_takes_a_round_trip_and_accepting_half_a_trip_more() => _network.Run(async () =>
    {
        NetListener listener = Listen();
        Task<NetConnection> accepting = listener.AcceptAsync(default).AsTask();
        NetConnection near = await _a.ConnectAsync(listener.LocalEndPoint, default);
        Assert.Equal(20, Milliseconds);
        NetConnection far = await accepting;
        Assert.Equal(30, Milliseconds);
        Assert.Equal(near.LocalEndPoint, far.RemoteEndPoint);
        Assert.Equal(near.RemoteEndPoint, far.LocalEndPoint);
        Assert.Equal(_a.Addresses[0], near.LocalEndPoint.Address);
        Assert.Equal(_b.Addresses[0], far.LocalEndPoint.Address);
    });

    [Fact]
    public void Bytes_arrive_a_latency_later_in_order() => OnPair(async (near, far) =>
    {
        double start = Milliseconds;
        await near.SendAsync(new byte[] { 1, 2 });
        await near.SendAsync(new byte[] { 3 });
        await far.WaitForDataAsync();
        Assert.Equal(start + 10, Milliseconds);
        Assert.Equal([1, 2, 3], await ReceiveExactly(far, 3));
    });

    [Fact]
    public void Jitter_varies_the_latency_and_keeps_the_order()
    {
        Use(new SimulatedNetworkOptions { Link = Link with { Jitter = TimeSpan.FromMilliseconds(5) } });
        OnPair(async (near, far) =>
        {
            var latencies = new List<double>();
            for (byte i = 0; i < 100; i++)
            {
                double start = Milliseconds;
                await near.SendAsync(new[] { i });
                Assert.Equal([i], await ReceiveExactly(far, 1));
                latencies.Add(Milliseconds - start);
            }

            Assert.All(latencies, l => Assert.InRange(l, 10, 20));
            Assert.InRange(latencies.Average(), 14, 16);
            Assert.True(latencies.Distinct().Count() > 90);

            for (byte i = 0; i < 100; i++) await near.SendAsync(new[] { i });
            Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), await ReceiveExactly(far, 100));
        });
    }

    [Fact]
    public void Exponential_jitter_has_the_mean_it_was_given()
    {
        Use(new SimulatedNetworkOptions { Link = Link with { Jitter = TimeSpan.FromMilliseconds(5), JitterShape = JitterShape.Exponential } });
        OnPair(async (near, far) =>
        {
            double start = Milliseconds;
            for (int i = 0; i < 2000; i++)
            {
                await near.SendAsync(new byte[1]);
                await ReceiveExactly(far, 1);
            }

            Assert.InRange((Milliseconds - start) / 2000, 14.5, 15.5);
        });
    }

    [Fact]
    public void A_bandwidth_limit_spreads_bytes_over_time()
    {
        Use(new SimulatedNetworkOptions { Link = Link with { BytesPerSecond = 1_000_000 }, WindowBytes = 10_000_000 });
        OnPair(async (near, far) =>
        {
            double start = Milliseconds;
            await near.SendAsync(new byte[1_000_000]);
            await ReceiveExactly(far, 500_000);
            Assert.InRange(Milliseconds - start, 510, 580);
            await ReceiveExactly(far, 500_000);
            Assert.InRange(Milliseconds - start, 1010, 1012);
        });
    }

    [Fact]
    public void A_full_window_makes_the_sender_wait_until_it_hears_that_the_receiver_took() => OnPair(async (near, far) =>
    {
        double start = Milliseconds;
        await near.SendAsync(new byte[1000]);
        Assert.Equal(start, Milliseconds);
        Task sending = near.SendAsync(new byte[1]).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(1), _network.Time);
        Assert.False(sending.IsCompleted);
        start = Milliseconds;
        await ReceiveExactly(far, 10);
        Assert.Equal(start, Milliseconds);
        await sending;
        Assert.Equal(start + 10, Milliseconds);
    });

    [Fact]
    public void Throughput_is_a_window_per_round_trip() => OnPair(async (near, far) =>
    {
        double start = Milliseconds;
        Task sending = near.SendAsync(new byte[100_000]).AsTask();
        await ReceiveExactly(far, 100_000);
        await sending;
        Assert.InRange(Milliseconds - start, 99 * 20, 101 * 20);
    });

    [Fact]
    public void A_direction_ends_after_what_was_sent_and_the_other_goes_on() => OnPair(async (near, far) =>
    {
        await near.SendAsync(new byte[3]);
        near.CompleteWrites();
        await ReceiveExactly(far, 3);
        await far.WaitForDataAsync();
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]));
        await far.SendAsync(new byte[4]);
        await ReceiveExactly(near, 4);
        await Assert.ThrowsAsync<InvalidOperationException>(() => near.SendAsync(new byte[1]).AsTask());
    });

    [Fact]
    public void Abort_fails_this_end_at_once_and_the_other_a_latency_later() => OnPair(async (near, far) =>
    {
        Task<int> nearReceiving = near.ReceiveAsync(new byte[1]).AsTask();
        Task<int> farReceiving = far.ReceiveAsync(new byte[1]).AsTask();
        double start = Milliseconds;
        near.Abort();
        near.Abort();
        await Fails(nearReceiving, SocketError.OperationAborted);
        Assert.Equal(start, Milliseconds);
        await Fails(farReceiving, SocketError.ConnectionReset);
        Assert.Equal(start + 10, Milliseconds);
        await far.WaitForDataAsync();
        await Fails(far.SendAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
        Assert.Equal(0, _a.ConnectionCount + _b.ConnectionCount);
    });

    [Fact]
    public void Dispose_lets_what_was_sent_arrive() => OnPair(async (near, far) =>
    {
        await near.SendAsync(new byte[700]);
        await near.DisposeAsync();
        await near.DisposeAsync();
        await ReceiveExactly(far, 700);
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]));
        await Fails(near.ReceiveAsync(new byte[1]).AsTask(), SocketError.OperationAborted);
    });

    [Fact]
    public void What_is_sent_to_a_closed_end_is_answered_with_a_reset() => OnPair(async (near, far) =>
    {
        await near.DisposeAsync();
        double start = Milliseconds;
        await far.SendAsync(new byte[5]);
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]));
        await Task.Delay(TimeSpan.FromMilliseconds(20), _network.Time);
        await Fails(far.SendAsync(new byte[5]).AsTask(), SocketError.ConnectionReset);
        Assert.Equal(start + 20, Milliseconds, 10.0);
    });

    [Fact]
    public void Two_orderly_closes_leave_nothing_behind() => OnPair(async (near, far) =>
    {
        await near.DisposeAsync();
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]));
        await far.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), _network.Time);
        Assert.Equal(0, _a.ConnectionCount + _b.ConnectionCount);
        Assert.DoesNotContain(_network.Trace.Entries, e => e.What.Contains("drops", StringComparison.Ordinal));
    });

    [Fact]
    public void A_second_receive_at_a_time_is_the_callers_fault() => OnPair(async (near, far) =>
    {
        Task<int> first = near.ReceiveAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => near.ReceiveAsync(new byte[1]).AsTask());
        await far.SendAsync(new byte[1]);
        Assert.Equal(1, await first);
    });

    [Fact]
    public void Two_programs_of_one_host_talk_over_loopback() => _network.Run(async () =>
    {
        NetListener listener = _a.Listen(new IPEndPoint(IPAddress.Loopback, 4001));
        Task<NetConnection> accepting = listener.AcceptAsync(default).AsTask();
        NetConnection near = await _a.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 4001), default);
        NetConnection far = await accepting;
        Assert.Equal(IPAddress.Loopback, near.LocalEndPoint.Address);
        await near.SendAsync(new byte[5]);
        await ReceiveExactly(far, 5);
        Assert.InRange(Milliseconds, 0.01, 0.1);
    });

    private NetListener Listen() => _b.Listen(new IPEndPoint(_b.Addresses[0], 0));

    private void Use(SimulatedNetworkOptions options)
    {
        _network = new SimulatedNetwork(1, options);
        _a = _network.AddHost();
        _b = _network.AddHost();
    }

    private void OnPair(Func<NetConnection, NetConnection, Task> scenario) => _network.Run(async () =>
    {
        await using NetListener listener = Listen();
        Task<NetConnection> accepting = listener.AcceptAsync(default).AsTask();
        NetConnection near = await _a.ConnectAsync(listener.LocalEndPoint, default);
        await scenario(near, await accepting);
    });

    private static async Task<byte[]> ReceiveExactly(NetConnection connection, int count)
    {
        byte[] all = new byte[count];
        for (int got = 0; got < count;)
        {
            int n = await connection.ReceiveAsync(all.AsMemory(got));
            Assert.NotEqual(0, n);
            got += n;
        }

        return all;
    }

    private static async Task Fails(Task task, SocketError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<NetworkException>(() => task)).Error);
}
