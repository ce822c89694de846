using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Shoal.Libp2p;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Protocols;
using Shoal.Libp2p.Protocols.Messages;
using Shoal.Net;
using Shoal.Tests.Libp2p.Node;

namespace Shoal.Tests.Libp2p.Protocols;

/// <summary>The bytes of identify, and what is taken from them.</summary>
public sealed class IdentifyTests
{
    private static readonly PrivateKey Key = SimulatedNodes.Key(1);
    private static readonly PrivateKey Other = SimulatedNodes.Key(2);

    [Fact]
    public async Task A_short_record_is_one_message_and_comes_back()
    {
        Identify record = Record(protocols: 5);

        byte[] bytes = IdentifyCodec.Write(record);

        Assert.Equal(record.CalculateSize(), bytes.Length - 2);
        Assert.Equal(record, await IdentifyCodec.ReadAsync(new MemoryStream(bytes), default));
    }

    [Fact]
    public async Task A_long_record_comes_in_several_messages_with_the_signed_record_last()
    {
        Identify record = Record(protocols: 500);
        record.SignedPeerRecord = ByteString.CopyFrom(new byte[1000]);

        byte[] bytes = IdentifyCodec.Write(record);
        var first = new Identify();
        int taken = IdentifyCodec.TryTake(bytes, first);

        Assert.InRange(taken, 3000, IdentifyCodec.WriteMessageBytes + 2);
        Assert.True(first.HasPublicKey);
        Assert.False(first.HasSignedPeerRecord);
        Assert.Equal(record, await IdentifyCodec.ReadAsync(new MemoryStream(bytes), default));
    }

    [Fact]
    public async Task The_bytes_may_arrive_one_by_one()
    {
        Identify record = Record(protocols: 200);

        Assert.Equal(record, await IdentifyCodec.ReadAsync(new TrickleStream(IdentifyCodec.Write(record)), default));
    }

    [Fact]
    public async Task The_serialized_own_record_is_what_the_protobuf_library_writes()
    {
        Identify record = Record(protocols: 3);
        record.SignedPeerRecord = ByteString.CopyFrom(1, 2, 3);
        var own = new OwnRecord(1, record);
        Multiaddr observed = Multiaddr.Parse("/ip4/1.2.3.4/tcp/5");

        Identify whole = record.Clone();
        Assert.Equal(IdentifyCodec.Write(whole), own.Write(null));
        whole.ObservedAddr = ByteString.CopyFrom(observed.Bytes.Span);
        Assert.Equal(IdentifyCodec.Write(whole), own.Write(observed));

        Identify big = Record(protocols: 500);
        Identify back = await IdentifyCodec.ReadAsync(new MemoryStream(new OwnRecord(1, big).Write(observed)), default);
        Assert.Equal(500, back.Protocols.Count);
        Assert.Equal(observed.Bytes.ToArray(), back.ObservedAddr.ToByteArray());
    }

    [Fact]
    public async Task Too_many_messages_too_long_ones_and_half_ones_are_refused()
    {
        byte[] message = IdentifyCodec.Write(new Identify { AgentVersion = "x" });
        byte[] eleven = [.. Enumerable.Repeat(message, 11).SelectMany(m => m)];
        byte[] ten = eleven[..^message.Length];

        Assert.Equal("x", (await IdentifyCodec.ReadAsync(new MemoryStream(ten), default)).AgentVersion);
        await RefusedAsync(eleven);
        await RefusedAsync([0x81, 0x40, .. new byte[8193]]);
        await RefusedAsync([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
        await RefusedAsync([0x80, 0x00]);
        await RefusedAsync(message[..^1]);
        await RefusedAsync([]);
        await RefusedAsync([0x02, 0x0A, 0x7F]);

        static Task RefusedAsync(byte[] bytes) => Assert.ThrowsAsync<WireFormatException>(() => IdentifyCodec.ReadAsync(new MemoryStream(bytes), default));
    }

    [Fact]
    public void Garbage_gives_the_wire_format_exception_and_nothing_else() => Prop.ForAll<byte[]>(garbage =>
    {
        try
        {
            Identify record = IdentifyCodec.ReadAsync(new MemoryStream(garbage), default).GetAwaiter().GetResult();
            IdentifyReader.Read(record, Key.PeerId, null);
            return true;
        }
        catch (Exception e) when (e is WireFormatException or PeerIdentityException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_key_must_be_the_connections()
    {
        Identify record = Record(protocols: 1);
        Assert.Equal("test/1", IdentifyReader.Read(record, Key.PeerId, null).Info.AgentVersion);

        var e = Assert.Throws<PeerIdentityException>(() => IdentifyReader.Read(record, Other.PeerId, null));
        Assert.Contains(Key.PeerId.ToString(), e.Message, StringComparison.Ordinal);
        record.PublicKey = ByteString.CopyFrom(1, 2, 3);
        Assert.Throws<WireFormatException>(() => IdentifyReader.Read(record, Key.PeerId, null));
        record.ClearPublicKey();
        IdentifyReader.Read(record, Other.PeerId, null);
    }

    [Fact]
    public void A_signed_record_counts_more_than_the_list_beside_it_and_must_be_the_peers_own()
    {
        Multiaddr signed = Multiaddr.Parse("/ip4/5.6.7.8/tcp/9");
        Identify record = Record(protocols: 1);
        record.SignedPeerRecord = ByteString.CopyFrom(PeerRecord.Sign(Key, 7, [signed]).Bytes.Span);

        IdentifiedPeer identified = IdentifyReader.Read(record, Key.PeerId, null);

        Assert.True(identified.Info.HasSignedRecord);
        Assert.Equal([signed], identified.Info.ListenAddresses);
        Assert.Equal(7UL, identified.Record!.Sequence);

        byte[] forged = record.SignedPeerRecord.ToByteArray();
        forged[^1] ^= 1;
        record.SignedPeerRecord = ByteString.CopyFrom(forged);
        Assert.Throws<WireFormatException>(() => IdentifyReader.Read(record, Key.PeerId, null));
        record.SignedPeerRecord = ByteString.CopyFrom(PeerRecord.Sign(Other, 7, [signed]).Bytes.Span);
        Assert.Throws<PeerIdentityException>(() => IdentifyReader.Read(record, Key.PeerId, null));
    }

    [Fact]
    public void What_a_push_leaves_out_stays_as_it_was()
    {
        IdentifyInfo before = IdentifyReader.Read(Record(protocols: 2), Key.PeerId, null).Info;

        IdentifyInfo after = IdentifyReader.Read(new Identify { Protocols = { "/new" } }, Key.PeerId, before).Info;

        Assert.Equal(["/new"], after.Protocols);
        Assert.Equal(before with { Protocols = after.Protocols }, after);
    }

    [Fact]
    public void Addresses_that_cannot_be_read_are_passed_over_and_lists_are_bounded()
    {
        var record = new Identify();
        record.ListenAddrs.Add(ByteString.CopyFrom(0xFF, 0xFF, 0xFF));
        for (int i = 1; i <= 300; i++) record.ListenAddrs.Add(ByteString.CopyFrom(Multiaddr.Parse($"/ip4/1.2.3.4/tcp/{i}").Bytes.Span));
        for (int i = 0; i < 600; i++) record.Protocols.Add($"/p/{i}");

        IdentifyInfo info = IdentifyReader.Read(record, Key.PeerId, null).Info;

        Assert.Equal(IdentifyCodec.MaxAddresses, info.ListenAddresses.Count);
        Assert.Equal(IdentifyCodec.MaxProtocols, info.Protocols.Count);
        Assert.Equal("/ip4/1.2.3.4/tcp/1", info.ListenAddresses[0].ToString());
    }

    [Fact]
    public void Texts_from_a_peer_are_fit_for_a_screen()
    {
        Assert.Equal("evil[2Jagent", IdentifyCodec.Clean("evil\u001b[2J\nagent"));
        Assert.Equal(IdentifyCodec.MaxTextChars, IdentifyCodec.Clean(new string('x', 5000)).Length);
    }

    private static Identify Record(int protocols)
    {
        var record = new Identify
        {
            PublicKey = ByteString.CopyFrom(Key.PublicKey.Protobuf.Span),
            ProtocolVersion = "ipfs/0.1.0",
            AgentVersion = "test/1",
        };
        record.ListenAddrs.Add(ByteString.CopyFrom(Multiaddr.Parse("/ip4/127.0.0.1/tcp/4001").Bytes.Span));
        for (int i = 0; i < protocols; i++) record.Protocols.Add($"/protocol/number/{i}");
        return record;
    }

    /// <summary>Gives one byte per read.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
