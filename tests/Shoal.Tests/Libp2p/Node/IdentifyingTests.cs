using System.Net;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Protocols;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Node;

/// <summary>Identify, push and observed addresses between whole nodes on the simulated network.</summary>
public sealed class IdentifyingTests
{
    private readonly SimulatedNodes _nodes = new(2);

    [Fact]
    public void Both_sides_learn_who_the_other_is_without_being_asked() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync(new Libp2pOptions { AgentVersion = "a/1" });
        await using Libp2pNode b = await _nodes.StartAsync(new Libp2pOptions { AgentVersion = "b/1" });
        b.Handle("/b-only", (_, _) => Task.CompletedTask);
        Dictionary<PeerId, IdentifyInfo> heardByB = [];
        b.PeerIdentified += (peer, info) => heardByB[peer] = info;

        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        IdentifyInfo info = await connection.IdentifyAsync();
        await _nodes.UntilAsync(() => heardByB.Count > 0);

        Assert.Equal("b/1", info.AgentVersion);
        Assert.Equal("ipfs/0.1.0", info.ProtocolVersion);
        Assert.Contains("/b-only", info.Protocols);
        Assert.True(info.HasSignedRecord);
        Assert.Equal([b.Addresses[0].WithoutPeerId()], info.ListenAddresses);
        Assert.Equal(connection.LocalAddress, info.ObservedAddress);
        Assert.Equal("a/1", heardByB[a.Id].AgentVersion);
        Assert.Same(info, a.IdentityOf(b.Id));
        Assert.Equal("a/1", b.Peers.Find(a.Id)!.AgentVersion);
        Assert.Equal([a.Addresses[0].WithoutPeerId()], b.Peers.Find(a.Id)!.Addresses);
    });

    [Fact]
    public void Connecting_does_not_wait_for_identify() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();

        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);

        Assert.Null(connection.Identity);
        await connection.IdentifyAsync();
        Assert.NotNull(connection.Identity);
    });

    [Fact]
    public void Connected_peers_are_told_once_when_several_protocols_come() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        await (await a.ConnectAsync(b.Addresses[0])).IdentifyAsync();
        await _nodes.PassAsync(TimeSpan.FromSeconds(3));
        int pushes = 0;
        a.PeerIdentified += (_, _) => pushes++;

        b.Handle("/one", (_, _) => Task.CompletedTask);
        b.Handle("/two", (_, _) => Task.CompletedTask);
        b.Unhandle("/one");
        await _nodes.PassAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(1, pushes);
        Assert.Contains("/two", a.IdentityOf(b.Id)!.Protocols);
        Assert.DoesNotContain("/one", a.IdentityOf(b.Id)!.Protocols);
        Assert.Contains("/two", a.Peers.Find(b.Id)!.Protocols);
    });

    [Fact]
    public void A_protocol_added_while_identify_is_under_way_is_not_lost() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        Task<Libp2pConnection> connecting = a.ConnectAsync(b.Addresses[0]);
        for (int i = 0; i < 40; i++)
        {
            b.Handle($"/late/{i}", (_, _) => Task.CompletedTask);
            await _nodes.PassAsync(TimeSpan.FromMilliseconds(10));
        }

        await connecting;
        await _nodes.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Contains("/late/39", a.IdentityOf(b.Id)!.Protocols);
    });

    [Fact]
    public void A_peer_that_says_it_is_another_loses_its_connection_and_nobody_else_does() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode good = await _nodes.StartAsync();
        await using Libp2pNode liar = await _nodes.StartAsync();
        liar.Unhandle(IdentifyService.Protocol);
        byte[] lie = IdentifyCodecBytes(SimulatedNodes.Key(99));
        liar.Handle(IdentifyService.Protocol, async (stream, ct) => await stream.WriteAsync(lie, ct));
        await a.ConnectAsync(good.Addresses[0]);

        Libp2pConnection connection = await a.ConnectAsync(liar.Addresses[0]);
        var e = await Assert.ThrowsAsync<Libp2pException>(() => connection.IdentifyAsync());
        await connection.Closed;

        Assert.Contains("did not say who it is", e.Message, StringComparison.Ordinal);
        Assert.Equal([good.Id], a.ConnectedPeers);
    });

    [Fact]
    public void A_peer_that_is_silent_in_identify_is_given_up_on_after_5_seconds_and_kept() => _nodes.Run(async () =>
    {
        await using Libp2pNode a = await _nodes.StartAsync();
        await using Libp2pNode b = await _nodes.StartAsync();
        b.Unhandle(IdentifyService.Protocol);
        b.Handle(IdentifyService.Protocol, (_, ct) => Task.Delay(TimeSpan.FromHours(1), b.Time, CancellationToken.None));
        await _nodes.PassAsync(TimeSpan.FromSeconds(2)); // Or it would tell by a push.

        Libp2pConnection connection = await a.ConnectAsync(b.Addresses[0]);
        long start = a.Time.GetTimestamp();
        var e = await Assert.ThrowsAsync<Libp2pException>(() => connection.IdentifyAsync());

        Assert.Contains("IdentifyOptions.Timeout", e.Message, StringComparison.Ordinal);
        Assert.Equal(5, a.Time.GetElapsedTime(start).TotalSeconds, 1);
        Assert.True(connection.IsOpen);
    });

    [Fact]
    public void An_address_that_four_others_see_is_told_and_no_longer_when_they_are_gone() => _nodes.Run(async () =>
    {
        // Listening everywhere, its own address is known anyway; a router's outer address is not. Peers dial in, and say what they see.
        SimulatedHost host = _nodes.Network.AddHost();
        await using Libp2pNode a = await _nodes.StartAsync(host: host);
        Multiaddr outer = Multiaddr.Parse("/ip4/203.0.113.9/tcp/4001");
        int changes = 0;
        a.AddressesChanged += () => changes++;
        List<Libp2pNode> others = [];
        for (int i = 0; i < 4; i++)
        {
            Libp2pNode other = await _nodes.StartAsync();
            other.Unhandle(IdentifyService.Protocol);
            byte[] seen = new OwnRecord(1, new Shoal.Libp2p.Protocols.Messages.Identify { AgentVersion = "x" }).Write(outer);
            other.Handle(IdentifyService.Protocol, async (stream, ct) => await stream.WriteAsync(seen, ct));
            await other.ConnectAsync(a.Addresses[0]);
            others.Add(other);
        }

        await _nodes.UntilAsync(() => changes == 1);
        Assert.Contains(outer.WithPeerId(a.Id), a.Addresses);

        await others[0].DisposeAsync();
        await _nodes.UntilAsync(() => changes == 2);
        Assert.DoesNotContain(outer.WithPeerId(a.Id), a.Addresses);
        foreach (Libp2pNode other in others) await other.DisposeAsync();
    });

    [Fact]
    public void Unspecified_addresses_are_expanded_to_the_hosts_own() => _nodes.Run(async () =>
    {
        SimulatedHost host = _nodes.Network.AddHost(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1"));
        await using Libp2pNode node = await Libp2pNode.StartAsync(new Libp2pOptions
        {
            Key = SimulatedNodes.Key(1),
            Network = host,
            Listen = [Multiaddr.Parse("/ip4/0.0.0.0/tcp/4001"), Multiaddr.Parse("/ip6/::/tcp/4002")],
        });

        Assert.Equal(
            ["/ip4/127.0.0.1/tcp/4001", "/ip4/192.0.2.1/tcp/4001", "/ip6/::1/tcp/4002", "/ip6/2001:db8::1/tcp/4002"],
            node.Addresses.Select(a => a.WithoutPeerId().ToString()));
        Assert.All(node.Addresses, a => Assert.Equal(node.Id, a.PeerId));
    });

    [Fact]
    public async Task Peers_are_remembered_in_the_file_between_runs()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            PeerId peer = SimulatedNodes.Key(5).PeerId;
            await using (Libp2pNode first = await Libp2pNode.StartAsync(new Libp2pOptions { PeerStoreFile = file }))
                first.OnDiscovered(peer, [Multiaddr.Parse("/ip4/192.0.2.7/tcp/4001")]);
            await using Libp2pNode second = await Libp2pNode.StartAsync(new Libp2pOptions { PeerStoreFile = file });

            Assert.Equal("/ip4/192.0.2.7/tcp/4001", Assert.Single(second.Peers.Find(peer)!.Addresses).ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] IdentifyCodecBytes(PrivateKey key) => Shoal.Libp2p.Protocols.Messages.IdentifyCodec.Write(
        new Shoal.Libp2p.Protocols.Messages.Identify { PublicKey = Google.Protobuf.ByteString.CopyFrom(key.PublicKey.Protobuf.Span) });
}
