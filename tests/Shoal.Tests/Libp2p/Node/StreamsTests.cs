using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Protocols;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Streams of nodes on the simulated network: negotiation, handlers that fail, limits, the end of a node.</summary>
public sealed class StreamsTests
{
    private readonly SimulatedNodes _nodes = new(3);

    [Fact]
    public void A_protocol_that_the_peer_lacks_is_refused_by_name() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();

        var e = await Assert.ThrowsAsync<ProtocolNotSupportedException>(() => a.OpenStreamAsync(b.Id, "/none/1"));

        Assert.Contains("/none/1", e.Message, StringComparison.Ordinal);
        Assert.True(a.Connections.Single().IsOpen);
        await EndAsync(a, b);
    });

    [Fact]
    public void Of_several_protocols_the_first_that_the_peer_has_is_taken() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        b.Handle("/chat/1", Echo.AnswerAsync);

        await using Libp2pStream stream = await a.Connections.Single().OpenStreamAsync(["/chat/3", "/chat/2", "/chat/1"]);

        Assert.Equal("/chat/1", stream.Protocol);
        Assert.Equal("hi", await ConnectingTests.EchoAsync(stream, "hi"));
        await EndAsync(a, b);
    });

    [Fact]
    public void A_protocol_that_identify_told_of_costs_no_round_trip() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync(serve: Echo.Serve);
        long start = a.Time.GetTimestamp();

        Libp2pStream stream = await a.OpenStreamAsync(b.Id, Echo.Protocol);

        Assert.Equal(TimeSpan.Zero, a.Time.GetElapsedTime(start));
        Assert.Equal("hi", await ConnectingTests.EchoAsync(stream, "hi"));
        Assert.InRange(a.Time.GetElapsedTime(start), TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(45));
        await EndAsync(a, b);
    });

    [Fact]
    public void A_ping_on_a_fresh_connection_takes_one_round_trip() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        int count = 0;

        await foreach (TimeSpan roundTrip in Ping.PingAsync(a, b.Id))
        {
            Assert.InRange(roundTrip, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(45));
            if (++count == 3) break;
        }

        await EndAsync(a, b);
    });

    [Fact]
    public void A_peer_may_have_two_pings_open_and_no_third() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        Libp2pConnection connection = a.Connections.Single();
        Libp2pStream[] streams = [.. Enumerable.Range(0, 3).Select(_ => connection.OpenLazily(Ping.Protocol))];
        byte[] ping = new byte[32];
        foreach (Libp2pStream stream in streams) await stream.WriteAsync(ping);

        int answered = 0, reset = 0; // Which of the three comes last is the muxer's choice.
        foreach (Libp2pStream stream in streams)
        {
            try
            {
                await stream.ReadExactlyAsync(ping);
                answered++;
            }
            catch (StreamResetException)
            {
                reset++;
            }
        }

        Assert.Equal((2, 1), (answered, reset));
        Assert.True(connection.IsOpen);
        await EndAsync(a, b);
    });

    [Fact]
    public void A_peer_that_ends_its_pings_gets_the_end_back() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        Libp2pStream stream = a.Connections.Single().OpenLazily(Ping.Protocol);
        byte[] ping = new byte[32];
        await stream.WriteAsync(ping);
        await stream.CompleteWritesAsync();

        await stream.ReadExactlyAsync(ping);
        Assert.Equal(0, await stream.ReadAsync(ping));
        await _nodes.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(0, b.Connections.Single().StreamCount);
        await EndAsync(a, b);
    });

    [Fact]
    public void A_handler_that_throws_resets_its_stream_and_nothing_else() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync(serve: Echo.Serve);
        b.Handle("/bad/1", async (stream, ct) =>
        {
            await stream.ReadExactlyAsync(new byte[1], ct);
            throw new InvalidOperationException("a bug");
        });
        Libp2pStream good = await a.OpenStreamAsync(b.Id, Echo.Protocol);
        Libp2pStream bad = await a.OpenStreamAsync(b.Id, "/bad/1");
        await bad.WriteAsync(new byte[1]);

        await Assert.ThrowsAsync<StreamResetException>(() => bad.ReadAsync(new byte[1]).AsTask());

        Assert.Equal("hi", await ConnectingTests.EchoAsync(good, "hi"));
        await EndAsync(a, b);
    });

    [Fact]
    public void A_peer_whose_bytes_a_handler_cannot_read_loses_its_connection() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        b.Handle("/strict/1", async (stream, ct) =>
        {
            await stream.ReadExactlyAsync(new byte[1], ct);
            throw new WireFormatException("not what the protocol allows");
        });
        Libp2pConnection connection = a.Connections.Single();
        Libp2pStream stream = await connection.OpenStreamAsync("/strict/1");
        await stream.WriteAsync(new byte[1]);

        await Assert.ThrowsAnyAsync<Libp2pException>(() => stream.ReadAsync(new byte[1]).AsTask());
        await connection.Closed;

        Assert.Empty(b.Connections);
        await EndAsync(a, b);
    });

    [Fact]
    public void What_a_handler_wrote_arrives_when_it_returns_at_once() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        b.Handle("/bye/1", async (stream, ct) => await stream.WriteAsync("bye"u8.ToArray(), ct));

        Libp2pStream stream = await a.OpenStreamAsync(b.Id, "/bye/1");
        string text = await new StreamReader(stream).ReadToEndAsync();

        Assert.Equal("bye", text);
        await EndAsync(a, b);
    });

    [Fact]
    public void A_stream_that_chooses_no_protocol_is_dropped_in_time() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        Libp2pConnection connection = a.Connections.Single();
        Libp2pStream mute = connection.Session.OpenStream();
        mute.Connection = connection;
        await mute.WriteAsync(new byte[] { 19 }); // The length of a header that never comes.
        await _nodes.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(1, b.Connections.Single().StreamCount);

        await _nodes.PassAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(0, b.Connections.Single().StreamCount);
        await EndAsync(a, b);
    });

    [Fact]
    public void A_peer_that_never_answers_a_proposal_is_reported_with_the_limit() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync(new StreamLimits { MaxNegotiating = 1, NegotiationTimeout = TimeSpan.FromSeconds(2) });
        Libp2pConnection connection = b.Connections.Single();

        // b has no reader for what a proposes: its only place for negotiation is taken by a stream that says nothing.
        Libp2pStream mute = connection.Session.OpenStream();
        mute.Connection = connection;
        await mute.WriteAsync(new byte[] { 19 });
        await _nodes.PassAsync(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StreamResetException>(() => connection.OpenStreamAsync("/x/1"));
        await EndAsync(a, b);
    });

    [Fact]
    public void A_hundred_streams_in_parallel_do_not_mix() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync(serve: Echo.Serve);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await using Libp2pStream stream = await a.OpenStreamAsync(b.Id, Echo.Protocol);
            return await ConnectingTests.EchoAsync(stream, $"stream {i}");
        }));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"stream {i}"), answers);
        await EndAsync(a, b);
    });

    [Fact]
    public void Disposing_a_busy_node_ends_everything_in_bounded_time() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync();
        List<string> ends = [];
        b.Handle("/obeys/1", async (stream, ct) =>
        {
            try
            {
                await stream.ReadExactlyAsync(new byte[1], ct);
            }
            catch (Exception e) when (e is Libp2pException or OperationCanceledException)
            {
                ends.Add("ended");
            }
        });
        b.Handle("/stubborn/1", (_, _) => Task.Delay(TimeSpan.FromHours(1), b.Time, CancellationToken.None));
        Libp2pStream one = await a.OpenStreamAsync(b.Id, "/obeys/1");
        Libp2pStream two = await a.OpenStreamAsync(b.Id, "/stubborn/1");
        Task<Libp2pConnection> dialing = b.ConnectAsync(Multiaddr.Parse("/ip4/10.200.0.1/tcp/1"));
        long start = b.Time.GetTimestamp();

        await b.DisposeAsync();
        await b.DisposeAsync();

        Assert.InRange(b.Time.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(12));
        Assert.Equal(["ended"], ends);
        await Assert.ThrowsAsync<DialException>(() => dialing);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => ReadToEndAsync(one));
        await _nodes.UntilAsync(() => a.Connections.Count == 0);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => b.ConnectAsync(a.Addresses[0]));
        await two.DisposeAsync();
        await a.DisposeAsync();

        static async Task ReadToEndAsync(Libp2pStream stream)
        {
            if (await stream.ReadAsync(new byte[1]) == 0) throw new ConnectionClosedException("ended in order");
        }
    });

    [Fact]
    public void Nodes_talk_through_memory_as_well() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await Libp2pNode.StartAsync(new Libp2pOptions { Network = _nodes.Network.AddHost(), Key = SimulatedNodes.Key(50), Listen = [Multiaddr.Parse("/memory/streams-tests")] });
        await using Libp2pNode b = await _nodes.StartAsync();
        Echo.Serve(a);

        await using Libp2pStream stream = await b.OpenStreamAsync(a.Addresses[0], Echo.Protocol);

        Assert.Equal("/memory/streams-tests/p2p/" + a.Id, a.Addresses[0].ToString());
        Assert.Equal("hi", await ConnectingTests.EchoAsync(stream, "hi"));
    });

    [Fact]
    public void Perf_moves_what_was_asked_for_on_the_simulated_network() => _nodes.Run(async () =>
    {
        (Libp2pNode a, Libp2pNode b) = await PairAsync(serve: Perf.Serve);
        List<PerfProgress> progress = [];

        PerfResult result = await Perf.MeasureAsync(a, b.Id, 3_000_000, 2_000_000, new Collecting(progress));

        Assert.Equal((3_000_000, 2_000_000), (result.Uploaded, result.Downloaded));
        Assert.Equal(new PerfProgress(3_000_000, 2_000_000), progress[^1]);
        Assert.True(progress.Count > 2);
        PerfResult nothing = await Perf.MeasureAsync(a, b.Id, 0, 0);
        Assert.Equal((0, 0), (nothing.Uploaded, nothing.Downloaded));
        await EndAsync(a, b);
    });

    [Fact]
    public void A_protocol_is_handled_once() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        Echo.Serve(a);

        Assert.Throws<ArgumentException>(() => Echo.Serve(a));
        Assert.Throws<ArgumentException>(() => a.Handle(Ping.Protocol, Echo.AnswerAsync));
        Assert.Throws<ArgumentException>(() => a.Handle("/new\nline", Echo.AnswerAsync));
        a.Unhandle(Echo.Protocol);
        Echo.Serve(a);
    });

    [Fact]
    public void An_address_that_no_transport_listens_on_is_the_callers_fault() => _nodes.Run(async () =>
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Libp2pNode.StartAsync(new Libp2pOptions
        {
            Network = _nodes.Network.AddHost(),
            Listen = [Multiaddr.Parse("/ip4/0.0.0.0/udp/1/quic-v1")],
        }));

        Assert.Contains("/ip4/0.0.0.0/udp/1/quic-v1", e.Message, StringComparison.Ordinal);
    });

    private async Task<(Libp2pNode A, Libp2pNode B)> PairAsync(StreamLimits? limitsOfA = null, Action<Libp2pNode>? serve = null)
    {
        Libp2pNode a = await _nodes.StartAsync(new Libp2pOptions { Streams = limitsOfA ?? new StreamLimits() });
        Libp2pNode b = await _nodes.StartAsync();
        serve?.Invoke(b);
        await (await a.ConnectAsync(b.Addresses[0])).IdentifyAsync();
        await _nodes.UntilAsync(() => b.IdentityOf(a.Id) is not null);
        await _nodes.PassAsync(TimeSpan.FromSeconds(2));
        return (a, b);
    }

    private static async Task EndAsync(Libp2pNode a, Libp2pNode b)
    {
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    private sealed class Collecting(List<PerfProgress> into) : IProgress<PerfProgress>
    {
        public void Report(PerfProgress value) => into.Add(value);
    }
}
