using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Identity;

namespace Shoal.Tests.Libp2p.Identity;

public sealed class SignedRecordTests : IDisposable
{
    // js-libp2p 3.3.11: seed 01 00 …, sequence 1, /ip4/127.0.0.1/tcp/4001
    private const string Record = "0a26002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc10011a0a0a08047f000001060fa1";
    private const string Envelope = "0a2408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc120203011a36" + Record
        + "2a406bdfac9fc869832dea681db06f79395a7af809808ab1d3e9eb406e44d3830e8bcae112a95e53367b7b67f505aa67297659a19a38ae27251d82a2117b193d9807";

    private static readonly Multiaddr Address = Multiaddr.Parse("/ip4/127.0.0.1/tcp/4001");

    private readonly PrivateKey _key = PrivateKey.FromEd25519Seed([1, .. new byte[31]]);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Comes_out_as_in_js()
    {
        Assert.Equal(Record, Convert.ToHexStringLower(new PeerRecord(_key.PeerId, 1, [Address]).ToBytes()));
        Assert.Equal(Envelope, Convert.ToHexStringLower(PeerRecord.Sign(_key, 1, [Address]).Bytes.Span));
    }

    [Fact]
    public void Is_read_and_checked()
    {
        Assert.True(PeerRecord.TryOpen(Convert.FromHexString(Envelope), out PeerRecord? record));
        Assert.Equal(_key.PeerId, record.PeerId);
        Assert.Equal(1ul, record.Sequence);
        Assert.Equal([Address], record.Addresses);
    }

    [Fact]
    public void With_any_bit_changed_it_is_refused()
    {
        byte[] right = Convert.FromHexString(Envelope);
        for (int at = 0; at < right.Length; at++)
        {
            byte[] wrong = [.. right];
            wrong[at] ^= 1;
            Assert.False(PeerRecord.TryOpen(wrong, out _), $"byte {at}");
            Assert.False(PeerRecord.TryOpen(right.AsSpan(0, at), out _), $"{at} bytes");
        }
    }

    [Fact]
    public void A_right_signature_of_another_peer_is_refused()
    {
        using PrivateKey other = PrivateKey.Generate();
        SignedEnvelope envelope = SignedEnvelope.Seal(other, PeerRecord.Domain, PeerRecord.PayloadType, Convert.FromHexString(Record));
        Assert.True(SignedEnvelope.TryOpen(envelope.Bytes.Span, PeerRecord.Domain, PeerRecord.PayloadType, out _));
        Assert.False(PeerRecord.TryOpen(envelope.Bytes.Span, out _));
    }

    [Fact]
    public void A_signature_for_another_purpose_is_refused()
    {
        byte[] payload = Convert.FromHexString(Record);
        Assert.False(PeerRecord.TryOpen(SignedEnvelope.Seal(_key, "libp2p-relay-rsvp", PeerRecord.PayloadType, payload).Bytes.Span, out _));
        Assert.False(PeerRecord.TryOpen(SignedEnvelope.Seal(_key, PeerRecord.Domain, [3, 2], payload).Bytes.Span, out _));
    }

    [Fact]
    public void Fields_in_another_order_and_unknown_ones_are_accepted()
    {
        byte[] right = Convert.FromHexString(Envelope);
        byte[] turned = [.. right.AsSpan(^66..), 0x32, 0x01, 0xff, .. right.AsSpan(..^66)];
        Assert.True(PeerRecord.TryOpen(turned, out _));
    }

    [Fact]
    public void Unknown_addresses_are_left_out_and_many_cut_off()
    {
        byte[] payload = [.. Convert.FromHexString(Record), 0x1a, 0x03, 0x0a, 0x01, 0x7f];
        Assert.True(PeerRecord.TryOpen(SignedEnvelope.Seal(_key, PeerRecord.Domain, PeerRecord.PayloadType, payload).Bytes.Span, out PeerRecord? record));
        Assert.Equal([Address], record.Addresses);

        Multiaddr[] many = [.. Enumerable.Range(1, PeerRecord.MaxAddresses + 10).Select(p => Multiaddr.Parse($"/ip4/1.2.3.4/tcp/{p}"))];
        Assert.True(PeerRecord.TryOpen(PeerRecord.Sign(_key, 1, many).Bytes.Span, out record));
        Assert.Equal(many.Take(PeerRecord.MaxAddresses), record.Addresses);
    }

    [Fact]
    public void Too_long_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SignedEnvelope.Seal(_key, "x", [1], new byte[SignedEnvelope.MaxBytes]));
        Assert.False(PeerRecord.TryOpen(new byte[SignedEnvelope.MaxBytes + 1], out _));
    }

    [Fact]
    public void Garbage_gives_only_false() => Prop.ForAll<byte[]>(garbage =>
        !PeerRecord.TryOpen(garbage, out _)
        & (!PeerRecord.TryRead(garbage, out PeerRecord? record) || record.PeerId != default)
        & !PeerRecord.TryOpen([0x0a, 0x24, .. _key.PublicKey.Protobuf.Span, .. garbage], out _)).QuickCheckThrowOnFailure();
}
