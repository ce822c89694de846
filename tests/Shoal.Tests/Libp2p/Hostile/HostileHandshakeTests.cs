using System.Net;
using System.Text;
using Google.Protobuf;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Security.Messages;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Hostile;

/// <summary>Peers that misbehave before they are who they say: it costs them the connection, and nobody else anything.</summary>
public class HostileHandshakeTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] MultistreamHello = [19, .. "/multistream/1.0.0\n"u8];
    private static readonly byte[] NoiseProposal = [7, .. "/noise\n"u8];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Garbage_ends_the_connection(int seed) => HostileStage.Run(async stage =>
    {
        byte[] garbage = new byte[2000];
        new Random(seed).NextBytes(garbage);
        garbage[0] = 19; // So that the first line is long enough to be read.
        NetConnection raw = await stage.DialAsync();
        await raw.SendAsync(garbage);
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Theory]
    [InlineData("FFFFFF7F")] // 268 million bytes announced
    [InlineData("818080808080808080808001")] // a length that does not end
    [InlineData("00")] // an empty line
    [InlineData("132F6D756C746973747265616D2F312E302E300AFFFF03")] // the greeting, then a line of 65,535 bytes
    public void A_multistream_line_beyond_the_limit_ends_the_connection(string hex) => HostileStage.Run(async stage =>
    {
        NetConnection raw = await stage.DialAsync();
        await raw.SendAsync(Convert.FromHexString(hex));
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Fact]
    public void A_web_browser_at_the_wrong_door_is_sent_away() => HostileStage.Run(async stage =>
    {
        NetConnection raw = await stage.DialAsync();
        await raw.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: example.com\r\nAccept: text/html,application/xhtml+xml\r\n\r\n"));
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Fact]
    public void Proposals_without_end_end_with_the_handshakes_time() => HostileStage.Run(async stage =>
    {
        NetConnection raw = await stage.DialAsync();
        await raw.SendAsync(MultistreamHello);
        Task<TimeSpan> ended = stage.UntilEndedAsync(raw);
        byte[] proposal = [11, .. "/no/such/1\n"u8];
        try
        {
            while (!ended.IsCompleted)
            {
                await raw.SendAsync(proposal);
                await stage.Pause(0.05);
            }
        }
        catch (NetworkException)
        {
            // Ended.
        }

        Assert.InRange(await ended, TimeSpan.Zero, TimeSpan.FromSeconds(10.2));
    });

    [Fact]
    public void A_slow_trickle_ends_after_ten_seconds() => HostileStage.Run(async stage =>
    {
        NetConnection raw = await stage.DialAsync();
        Task<TimeSpan> ended = stage.UntilEndedAsync(raw);
        try
        {
            foreach (byte one in MultistreamHello.Concat(NoiseProposal))
            {
                await raw.SendAsync(new[] { one });
                await stage.Pause(1);
            }
        }
        catch (NetworkException)
        {
            // Ended.
        }

        Assert.InRange(await ended, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(10.2));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_handshake_that_stalls_ends_after_ten_seconds(int stage) => HostileStage.Run(async s =>
    {
        NetConnection raw = await s.DialAsync();
        TimeSpan start = s.Now;
        if (stage >= 1) await raw.SendAsync(MultistreamHello);
        if (stage >= 2) await raw.SendAsync(NoiseProposal);
        if (stage >= 3) await raw.SendAsync(new byte[] { 0, 32, 1, 2, 3 }); // Part of the first Noise message.
        await s.UntilEndedAsync(raw);
        Assert.InRange(s.Now - start, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(10.2));
    });

    [Fact]
    public void A_noise_message_beyond_the_limit_ends_the_connection() => HostileStage.Run(async stage =>
    {
        NetConnection raw = await stage.DialAsync();
        await raw.SendAsync((byte[])[.. MultistreamHello, .. NoiseProposal, 0xFF, 0xFF]);
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Fact]
    public void A_wrong_signature_ends_the_connection() => HostileStage.Run(async stage =>
    {
        PrivateKey own = HostileStage.KeyOf(50);
        NetConnection raw = await stage.HandshakeWithAsync(_ => Payload(own.PublicKey, own.Sign("something else"u8)));
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
        Assert.DoesNotContain(own.PeerId, stage.Victim.ConnectedPeers);
    });

    [Fact]
    public void Claiming_the_honest_peers_id_ends_the_connection_and_leaves_the_honest_one() => HostileStage.Run(async stage =>
    {
        // The honest peer's key, with a signature by the attacker's own.
        PrivateKey own = HostileStage.KeyOf(50);
        PublicKey honest = HostileStage.KeyOf(2).PublicKey;
        Assert.Equal(stage.Honest.Id, honest.PeerId);
        NetConnection raw = await stage.HandshakeWithAsync(key => Payload(honest, own.Sign([.. "noise-libp2p-static-key:"u8, .. key])));
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
        Assert.Equal([stage.Honest.Id], stage.Victim.ConnectedPeers);
    });

    [Fact]
    public void Claiming_the_victims_own_id_ends_the_connection() => HostileStage.Run(async stage =>
    {
        PublicKey victim = HostileStage.KeyOf(1).PublicKey;
        NetConnection raw = await stage.HandshakeWithAsync(_ => Payload(victim, new byte[64]));
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public void A_garbled_payload_ends_the_connection(int length) => HostileStage.Run(async stage =>
    {
        byte[] garbage = new byte[length];
        new Random(length).NextBytes(garbage);
        NetConnection raw = await stage.HandshakeWithAsync(_ => garbage);
        Assert.InRange(await stage.UntilEndedAsync(raw), TimeSpan.Zero, AtOnce);
    });

    [Fact]
    public void A_dialled_address_that_answers_with_garbage_or_silence_fails_the_dial_in_time() => HostileStage.Run(async stage =>
    {
        NetListener listener = stage.Attacker.Listen(new IPEndPoint(IPAddress.Any, 9));
        Multiaddr address = Multiaddr.FromTcp(new IPEndPoint(stage.Attacker.Addresses[0], 9));

        Task dialling = stage.Victim.ConnectAsync(address);
        NetConnection raw = await listener.AcceptAsync(default);
        await raw.SendAsync(new byte[1000]);
        await Assert.ThrowsAsync<DialException>(() => dialling);

        TimeSpan start = stage.Now;
        dialling = stage.Victim.ConnectAsync(address);
        await listener.AcceptAsync(default);
        await Assert.ThrowsAsync<DialException>(() => dialling);
        Assert.InRange(stage.Now - start, TimeSpan.Zero, TimeSpan.FromSeconds(11));
    });

    [Fact]
    public void A_dialled_address_where_somebody_else_answers_fails_the_dial() => HostileStage.Run(async stage =>
    {
        await using Libp2pNode other = await stage.StartAsync(stage.Network.AddHost("impostor"));
        Multiaddr claimed = other.Addresses[0].WithoutPeerId().WithPeerId(HostileStage.KeyOf(77).PeerId);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => stage.Victim.ConnectAsync(claimed));
        Assert.Equal([stage.Honest.Id], stage.Victim.ConnectedPeers);
    });

    [Fact]
    public void A_flood_of_silent_connections_from_one_host_is_held_by_the_rate() => HostileStage.Run(async stage =>
    {
        var limits = new ConnectionLimits();
        var open = new List<NetConnection>();
        var ends = new List<Task>();
        for (int i = 0; i < 200; i++)
        {
            NetConnection raw = await stage.DialAsync();
            open.Add(raw);
            ends.Add(stage.UntilEndedAsync(raw));
            await stage.Pause(0.005);
            Assert.InRange(stage.Network.Hosts[0].ConnectionCount, 1, limits.MaxPendingInbound + 10);
        }

        await Task.WhenAll(ends).WaitAsync(TimeSpan.FromSeconds(11), stage.Network.Time);
        await stage.Pause(10);
    });

    [Fact]
    public void A_flood_of_silent_connections_from_many_hosts_is_over_once_their_handshakes_time_out() => HostileStage.Run(async stage =>
    {
        var limits = new ConnectionLimits();
        var ends = new List<Task>();
        for (int i = 0; i < 300; i++)
        {
            SimulatedHost host = stage.Network.AddHost(IPAddress.Parse($"172.16.{i / 100}.{(i % 100) + 1}"));
            try
            {
                ends.Add(stage.UntilEndedAsync(await stage.DialAsync(host)));
            }
            catch (NetworkException)
            {
                // Refused already.
            }

            Assert.InRange(stage.Network.Hosts[0].ConnectionCount, 1, limits.MaxPendingInbound + 10);
        }

        await Task.WhenAll(ends).WaitAsync(TimeSpan.FromSeconds(11), stage.Network.Time);
    });

    private static byte[] Payload(PublicKey key, ReadOnlySpan<byte> signature) => new NoiseHandshakePayload
    {
        IdentityKey = ByteString.CopyFrom(key.Protobuf.Span),
        IdentitySig = ByteString.CopyFrom(signature),
    }.ToByteArray();
}
