using System.Net;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Protocols;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Connections of nodes on the simulated network: reuse, simultaneous dials, limits, time-outs.</summary>
public sealed class ConnectingTests
{
    private readonly SimulatedNodes _nodes = new(1);

    [Fact]
    public void A_second_connect_gives_the_connection_there_is() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();

        Libp2pConnection first = await a.ConnectAsync(b.Addresses[0]);
        Libp2pConnection again = await a.ConnectAsync(b.Id);
        Libp2pConnection withoutName = await a.ConnectAsync(b.Addresses[0].WithoutPeerId());

        Assert.Same(first, again);
        Assert.Same(first, withoutName);
        Assert.Equal([first], a.Connections);
        Assert.Equal([b.Id], a.ConnectedPeers);
    });

    [Fact]
    public void Simultaneous_dials_to_one_peer_are_one_attempt() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();

        Libp2pConnection[] all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => a.ConnectAsync(b.Addresses[0])));

        Assert.All(all, c => Assert.Same(all[0], c));
        Assert.Single(a.Connections);
        await _nodes.UntilAsync(() => b.Connections.Count > 0);
        Assert.Single(b.Connections);
    });

    [Fact]
    public void Simultaneous_dials_to_an_address_without_a_name_end_in_one_connection() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();

        Libp2pConnection[] all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => a.ConnectAsync(b.Addresses[0].WithoutPeerId())));

        Assert.All(all, c => Assert.Same(all[0], c));
        await _nodes.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Single(a.Connections);
        Assert.Single(b.Connections);
    });

    [Fact]
    public void When_both_dial_each_other_streams_live_on_and_the_spare_connection_goes_once_idle() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        Echo.Serve(a);
        Echo.Serve(b);
        List<string> events = [];
        a.PeerConnected += c => events.Add("connected");
        a.PeerDisconnected += p => events.Add("disconnected");

        Libp2pConnection[] both = await Task.WhenAll(a.ConnectAsync(b.Addresses[0]), b.ConnectAsync(a.Addresses[0]));
        await _nodes.UntilAsync(() => a.Connections.Count == 2 && b.Connections.Count == 2);
        Libp2pStream fromA = await both[0].OpenStreamAsync(Echo.Protocol);
        Libp2pStream fromB = await both[1].OpenStreamAsync(Echo.Protocol);

        await _nodes.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(2, a.Connections.Count);
        Assert.Equal("a", await EchoAsync(fromA, "a"));
        Assert.Equal("b", await EchoAsync(fromB, "b"));

        await fromA.DisposeAsync();
        await fromB.DisposeAsync();
        await _nodes.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Single(a.Connections);
        Assert.Single(b.Connections);
        Assert.NotEqual(a.Connections.Single().Direction, b.Connections.Single().Direction);
        Assert.Equal(["connected"], events);
    });

    [Fact]
    public void A_node_does_not_connect_to_itself() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();

        await Assert.ThrowsAsync<PeerIdentityException>(() => a.ConnectAsync(a.Addresses[0]));
        await Assert.ThrowsAsync<PeerIdentityException>(() => a.ConnectAsync(a.Addresses[0].WithoutPeerId()));
        await _nodes.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(a.Connections);
    });

    [Fact]
    public void Another_peer_than_the_one_dialled_is_refused() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        PeerId other = SimulatedNodes.Key(77).PeerId;

        var e = await Assert.ThrowsAsync<PeerIdentityException>(() => a.ConnectAsync(b.Addresses[0].WithoutPeerId().WithPeerId(other)));

        Assert.Contains(other.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(b.Id.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Empty(a.Connections);
    });

    [Fact]
    public void A_failed_dial_lists_each_address_with_its_reason() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        PeerId peer = SimulatedNodes.Key(77).PeerId;
        _nodes.Network.AddHost(IPAddress.Parse("10.9.9.9"));
        a.OnDiscovered(peer, [Multiaddr.Parse("/ip4/10.9.9.9/tcp/1"), Multiaddr.Parse("/ip4/10.9.9.9/tcp/2"), Multiaddr.Parse("/ip4/10.9.9.9/udp/3/quic-v1")]);

        var e = await Assert.ThrowsAsync<DialException>(() => a.ConnectAsync(peer));

        Assert.StartsWith($"cannot connect to {peer}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("/ip4/10.9.9.9/tcp/1: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("/ip4/10.9.9.9/tcp/2: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("/ip4/10.9.9.9/udp/3/quic-v1: no transport", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    });

    [Fact]
    public void A_peer_without_addresses_is_said_to_have_none() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();

        var e = await Assert.ThrowsAsync<DialException>(() => a.ConnectAsync(SimulatedNodes.Key(77).PeerId));

        Assert.Contains("no address of it is known", e.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_silent_address_costs_the_next_one_its_head_start_only() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        SimulatedHost dead = _nodes.Network.AddHost();
        dead.GoDown();
        a.OnDiscovered(b.Id, [Multiaddr.FromTcp(new IPEndPoint(dead.Addresses[0], 4001)), b.Addresses[0]]);
        long start = a.Time.GetTimestamp();

        Libp2pConnection connection = await a.ConnectAsync(b.Id);

        Assert.Equal(b.Addresses[0].WithoutPeerId(), connection.RemoteAddress);
        Assert.InRange(a.Time.GetElapsedTime(start), TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(600));
        Assert.Single(a.Connections);
    });

    [Fact]
    public void A_silent_address_is_given_up_after_its_time_out() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        SimulatedHost dead = _nodes.Network.AddHost();
        dead.GoDown();
        long start = a.Time.GetTimestamp();

        var e = await Assert.ThrowsAsync<DialException>(() => a.ConnectAsync(Multiaddr.FromTcp(new IPEndPoint(dead.Addresses[0], 1))));

        Assert.Equal(TimeSpan.FromSeconds(10), a.Time.GetElapsedTime(start));
        Assert.Contains("no answer within 10 s (DialOptions.AddressTimeout)", e.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_handshake_that_stalls_ends_after_10_seconds_on_either_side() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        SimulatedHost mute = _nodes.Network.AddHost();
        await using NetListener silent = mute.Listen(new IPEndPoint(mute.Addresses[0], 5));
        ValueTask<NetConnection> accepted = silent.AcceptAsync(default);
        long start = a.Time.GetTimestamp();

        var e = await Assert.ThrowsAsync<DialException>(() => a.ConnectAsync(Multiaddr.FromTcp(silent.LocalEndPoint)));

        Assert.Contains("ConnectionLimits.HandshakeTimeout", e.Message, StringComparison.Ordinal);
        Assert.InRange(a.Time.GetElapsedTime(start), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.2));
        await (await accepted).DisposeAsync();

        NetConnection stranger = await mute.ConnectAsync(new IPEndPoint(((SimulatedHost)a.Options.Network!).Addresses[0], 4001), default);
        start = a.Time.GetTimestamp();
        byte[] buffer = new byte[100];
        try
        {
            while (await stranger.ReceiveAsync(buffer) > 0)
            {
                // The node's multistream header; then nothing until it gives up.
            }
        }
        catch (NetworkException)
        {
            // Dropped.
        }

        Assert.InRange(a.Time.GetElapsedTime(start), TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(10.2));
    });

    [Fact]
    public void Giving_up_waiting_does_not_disturb_the_others_who_wait() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        using var impatience = new CancellationTokenSource();

        Task<Libp2pConnection> impatient = a.ConnectAsync(b.Addresses[0], impatience.Token);
        Task<Libp2pConnection> patient = a.ConnectAsync(b.Addresses[0]);
        impatience.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal(b.Id, (await patient).RemotePeer);
    });

    [Fact]
    public void A_dial_nobody_waits_for_is_given_up() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        using var impatience = new CancellationTokenSource();
        Task<Libp2pConnection> impatient = a.ConnectAsync(b.Addresses[0], impatience.Token);
        impatience.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await _nodes.PassAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(a.Connections);

        Assert.Equal(b.Id, (await a.ConnectAsync(b.Addresses[0])).RemotePeer);
    });

    [Fact]
    public void A_dial_that_is_given_up_during_a_head_start_stays_on_the_thread() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        SimulatedHost dead = _nodes.Network.AddHost();
        dead.GoDown();
        PeerId peer = SimulatedNodes.Key(77).PeerId;
        a.OnDiscovered(peer, [.. Enumerable.Range(1, 5).Select(i => Multiaddr.FromTcp(new IPEndPoint(dead.Addresses[0], i)))]);
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), a.Time);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.ConnectAsync(peer, impatience.Token));

        await _nodes.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(a.Connections);
    });

    [Fact]
    public void Peer_events_come_once_per_peer_however_many_connections() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        List<string> events = [];
        b.PeerConnected += c => events.Add("+");
        b.PeerDisconnected += p => events.Add("-");

        await a.ConnectAsync(b.Addresses[0]);
        Libp2pConnection second = await a.ConnectAnewAsync(b.Addresses[0]);
        await _nodes.UntilAsync(() => b.Connections.Count == 2);
        await second.CloseAsync();
        await _nodes.UntilAsync(() => b.Connections.Count == 1);
        Assert.Equal(["+"], events);

        await a.DisconnectAsync(b.Id);
        await _nodes.UntilAsync(() => b.Connections.Count == 0);
        Assert.Equal(["+", "-"], events);
        Assert.Empty(a.ConnectedPeers);
    });

    [Fact]
    public void The_limit_of_connections_is_named_to_whoever_dials() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync(new Libp2pOptions { Connections = new ConnectionLimits { MaxConnections = 1 } });
        await using Libp2pNode b = await _nodes.StartAsync();
        await using Libp2pNode c = await _nodes.StartAsync();
        await a.ConnectAsync(b.Addresses[0]);

        var e = await Assert.ThrowsAsync<LimitExceededException>(() => a.ConnectAsync(c.Addresses[0]));

        Assert.Contains("ConnectionLimits.MaxConnections of 1", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DialException>(() => c.ConnectAsync(a.Addresses[0]));
        Assert.Single(a.Connections);
    });

    [Fact]
    public void A_peer_has_no_more_connections_than_the_limit_per_peer() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync(new Libp2pOptions { Connections = new ConnectionLimits { MaxConnectionsPerPeer = 2 } });
        for (int i = 0; i < 4; i++) await a.ConnectAnewAsync(b.Addresses[0]);

        await _nodes.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, b.Connections.Count);
        Assert.Equal(2, a.Connections.Count);
    });

    [Fact]
    public void A_host_that_connects_too_fast_is_refused_and_others_are_not() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode good = await _nodes.StartAsync();
        SimulatedHost flooder = _nodes.Network.AddHost();
        List<NetConnection> flood = [];
        for (int i = 0; i < 50; i++) flood.Add(await flooder.ConnectAsync(new IPEndPoint(((SimulatedHost)a.Options.Network!).Addresses[0], 4001), default));

        Libp2pConnection connection = await good.ConnectAsync(a.Addresses[0]);

        Assert.Equal(a.Id, connection.RemotePeer);
        await _nodes.PassAsync(TimeSpan.FromSeconds(1));
        int alive = flood.Count(c => !IsGone(c));
        Assert.InRange(alive, 20, 35); // The burst of 20, and 5 per second while the flood went on.
        foreach (NetConnection c in flood) c.Abort();
    });

    [Fact]
    public void An_idle_connection_is_closed_only_where_the_option_says_so() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        await using Libp2pNode c = await _nodes.StartAsync(new Libp2pOptions { Connections = new ConnectionLimits { IdleTimeout = TimeSpan.FromMinutes(1) } });
        Echo.Serve(c);
        await a.ConnectAsync(b.Addresses[0]);
        Libp2pConnection toC = await a.ConnectAsync(c.Addresses[0]);
        Libp2pStream stream = await toC.OpenStreamAsync(Echo.Protocol);
        Assert.Equal("x", await EchoAsync(stream, "x"));

        await _nodes.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, a.Connections.Count);

        await stream.DisposeAsync();
        await _nodes.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([b.Id], a.ConnectedPeers);
        await toC.Closed;
    });

    [Fact]
    public void A_connection_that_broke_is_dialled_again_for_the_next_stream() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        Echo.Serve(b);
        await (await a.OpenStreamAsync(b.Addresses[0], Echo.Protocol)).DisposeAsync();

        ((SimulatedHost)b.Options.Network!).GoDown();
        ((SimulatedHost)b.Options.Network!).ComeUp();
        await _nodes.UntilAsync(() => a.Connections.Count == 0);
        await using Libp2pStream stream = await a.OpenStreamAsync(b.Id, Echo.Protocol);

        Assert.Equal("again", await EchoAsync(stream, "again"));
    });

    [Fact]
    public void Accepting_goes_on_after_strangers_misbehave() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        SimulatedHost stranger = _nodes.Network.AddHost();
        for (int i = 0; i < 10; i++)
        {
            NetConnection raw = await stranger.ConnectAsync(new IPEndPoint(((SimulatedHost)a.Options.Network!).Addresses[0], 4001), default);
            await raw.SendAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3 });
            if (i % 2 == 0) raw.Abort();
        }

        await _nodes.PassAsync(TimeSpan.FromSeconds(15));

        Assert.Equal(a.Id, (await b.ConnectAsync(a.Addresses[0])).RemotePeer);
    });

    private static bool IsGone(NetConnection connection)
    {
        ValueTask wait = connection.WaitForDataAsync();
        while (wait.IsCompletedSuccessfully)
        {
            ValueTask<int> read = connection.ReceiveAsync(new byte[100]);
            if (!read.IsCompleted) return false;
            if (read.IsFaulted || read.Result == 0) return true;
            wait = connection.WaitForDataAsync();
        }

        return wait.IsFaulted;
    }

    internal static async Task<string> EchoAsync(Libp2pStream stream, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        await stream.WriteAsync(bytes);
        byte[] back = new byte[bytes.Length];
        await stream.ReadExactlyAsync(back);
        return System.Text.Encoding.UTF8.GetString(back);
    }
}
