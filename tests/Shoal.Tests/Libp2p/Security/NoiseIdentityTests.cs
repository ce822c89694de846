using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Security;

public class NoiseIdentityTests
{
    // js-libp2p 3.3.11, identity key from the seed 01 00 … 00, static key 11 … 11, muxers yamux and mplex.
    private const string FromJs =
        "0a2408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc" +
        "124097766c11cbf7dc8a0c44046478b5e27a6b70d5a6bc2ef0899f92f8fb0a4c29321d5f16c24b829e4b8b57691fb54c2b6db1074d1c102daae179919aee41b9e902" +
        "221c120c2f79616d75782f312e302e30120c2f6d706c65782f362e372e30";

    private static readonly byte[] StaticKey = [.. Enumerable.Repeat((byte)0x11, 32)];

    [Fact]
    public void The_payload_of_js_proves_who_it_is()
    {
        (PublicKey key, IReadOnlyList<string>? muxers) = NoiseIdentity.Check(Convert.FromHexString(FromJs), StaticKey);
        Assert.Equal("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X", key.PeerId.ToString());
        Assert.Equal(["/yamux/1.0.0", "/mplex/6.7.0"], muxers);
    }

    [Fact]
    public void The_same_payload_is_worth_nothing_in_another_handshake() =>
        Assert.Throws<PeerIdentityException>(() => NoiseIdentity.Check(Convert.FromHexString(FromJs), new byte[32]));

    [Fact]
    public void A_payload_without_extensions_names_no_muxers()
    {
        byte[] payload = Convert.FromHexString(FromJs)[..^30];
        Assert.Null(NoiseIdentity.Check(payload, StaticKey).Muxers);
    }

    [Theory]
    [InlineData("22FFFFFFFF07FFFFFFFFFF")] // A length of 2^31 - 1, and a varint that ends the buffer.
    [InlineData("0A0022FFFFFFFF07FFFFFFFFFF7F")]
    public void Lengths_beyond_all_memory_are_refused(string hex) => Assert.True(IsRefused(Convert.FromHexString(hex)));

    [Fact]
    public void Garbage_is_refused_as_garbage_or_as_a_false_identity() =>
        Prop.ForAll<byte[]>(garbage => IsRefused(garbage)).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_cut_and_every_flipped_bit_of_key_and_signature_is_refused()
    {
        byte[] payload = Convert.FromHexString(FromJs)[..^30];
        for (int length = 0; length < payload.Length; length++) Assert.True(IsRefused(payload[..length]), $"cut to {length}");
        for (int bit = 0; bit < payload.Length * 8; bit++)
        {
            byte[] flipped = [.. payload];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(flipped), $"bit {bit}");
        }
    }

    private static bool IsRefused(byte[] payload)
    {
        try
        {
            NoiseIdentity.Check(payload, StaticKey);
            return false;
        }
        catch (Exception e) when (e is WireFormatException or PeerIdentityException)
        {
            return true;
        }
    }
}
