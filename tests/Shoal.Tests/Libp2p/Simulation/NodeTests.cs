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

    [Fact]
    public void A_slow_reader_stops_its_sender_and_nobody_else() => _network.Run(async () =>
    {
        await using Libp2pNode a = await StartAsync(1);
        await using Libp2pNode b = await StartAsync(2);
        var read = new TaskCompletionSource();
        b.Handle("/slow/1", async (stream, stop) =>
        {
            await read.Task.WaitAsync(stop);
            await stream.CopyToAsync(Stream.Null, stop);
        });
        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        await using Libp2pStream stream = await a.OpenStreamAsync(b.Id, "/slow/1");
        Task writing = stream.WriteAsync(new byte[10_000_000]).AsTask();
        await Task.Delay(TimeSpan.FromMinutes(1), _network.Time);
        Assert.False(writing.IsCompleted);
        Assert.Equal(TimeSpan.FromMilliseconds(40), await PingOnceAsync(connection));
        read.SetResult();
        await writing;
    });

    // 63 ms is the round trip between the coasts of North America. A window of 256 KiB would allow 4 MB/s, 16 MiB allow 266 MB/s.
    [Fact]
    public void Windows_grow_until_one_stream_fills_a_long_way()
    {
        var link = new LinkOptions { Latency = TimeSpan.FromMilliseconds(31.5) };
        var network = new SimulatedNetwork(1, new SimulatedNetworkOptions { Link = link, WindowBytes = 64 * 1024 * 1024 });
        network.Run(async () =>
        {
            await using Libp2pNode a = await StartAsync(network, 1);
            await using Libp2pNode b = await StartAsync(network, 2);
            Perf.Serve(b);
            Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
            PerfResult result = await Perf.MeasureAsync(a, connection.RemotePeer, 300_000_000, 300_000_000);
            Assert.InRange(result.UploadTime, TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(2.5));
            Assert.InRange(result.DownloadTime, TimeSpan.FromSeconds(1.1), TimeSpan.FromSeconds(2.5));
        });
    }

    [Fact]
    public void One_seed_gives_one_trace_down_to_the_size_of_every_piece()
    {
        SimulationTrace first = Meet(8), again = Meet(8);
        Assert.True(first.Count > 1000);
        Assert.Null(first.FirstDifference(again));
        Assert.Equal(first.Hash, again.Hash);
        Assert.NotEqual(first.Hash, Meet(9).Hash);
    }

    // Twelve nodes on a bad network that keep looking each other up.
    private static SimulationTrace Meet(int seed)
    {
        var link = new LinkOptions { Jitter = TimeSpan.FromMilliseconds(10), ConnectLoss = 0.1, BreakProbability = 0.3, BreakWithin = TimeSpan.FromSeconds(20) };
        var network = new SimulatedNetwork(seed, new SimulatedNetworkOptions { Link = link, TraceDetail = TraceDetail.Data });
        network.Run(async () =>
        {
            var nodes = new List<Libp2pNode>();
            for (byte i = 0; i < 12; i++) nodes.Add(await StartAsync(network, i));
            await Task.WhenAll(nodes.Select((node, i) => MeetAsync(node, network.CreateRandom(i))));
            foreach (Libp2pNode node in nodes) await node.DisposeAsync();

            async Task MeetAsync(Libp2pNode node, Random random)
            {
                for (int i = 0; i < 10; i++)
                {
                    await Task.Delay(TimeSpan.FromSeconds(3 * random.NextDouble()), network.Time);
                    Libp2pNode other = nodes[random.Next(nodes.Count)];
                    if (other == node) continue;
                    try
                    {
                        Libp2pConnection connection = await node.ConnectAsync(other.Addresses[0]);
                        await foreach (TimeSpan roundTrip in Ping.PingAsync(connection, network.Time))
                        {
                            network.Note(network.Hosts[nodes.IndexOf(node)], $"reached {other.Id} in {roundTrip}");
                            break;
                        }
                    }
                    catch (Exception e) when (e is ShoalException)
                    {
                        network.Note(network.Hosts[nodes.IndexOf(node)], $"{e.GetType().Name} with {other.Id}");
                    }
                }
            }
        });
        return network.Trace;
    }

    private async Task<TimeSpan> PingOnceAsync(Libp2pConnection connection)
    {
        await foreach (TimeSpan roundTrip in Ping.PingAsync(connection, _network.Time)) return roundTrip;
        throw new InvalidOperationException("No ping.");
    }

    private Task<Libp2pNode> StartAsync(byte number) => StartAsync(_network, number);

    private static async Task<Libp2pNode> StartAsync(SimulatedNetwork network, byte number)
    {
        SimulatedHost host = network.AddHost();
        return await Libp2pNode.StartAsync(new Libp2pOptions
        {
            Key = PrivateKey.FromEd25519Seed([.. Enumerable.Repeat(number, 32)]),
            Network = host,
            Listen = [Multiaddr.Parse($"/ip4/{host.Addresses[0]}/tcp/4001")],
        });
    }
}
