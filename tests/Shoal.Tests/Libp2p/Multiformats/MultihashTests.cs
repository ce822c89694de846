using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Tests.Libp2p.Multiformats;

public class MultihashTests
{
    // multiformats/multihash, README: sha2-256 and sha2-512 of "multihash" (the latter by sha512sum).
    [Fact]
    public void Has_the_values_of_the_specification()
    {
        byte[] data = Encoding.UTF8.GetBytes("multihash");
        Assert.Equal("12209cbc07c3f991725836a3aa2a581ca2029198aa420b9d99bc0e131d9f3e2cbe47", Multihash.OfSha256(data).ToString());
        Assert.Equal(Multihash.OfSha512(data).Digest.ToArray(), System.Security.Cryptography.SHA512.HashData(data));
        Assert.Equal("1340", Multihash.OfSha512(data).ToString()[..4]);
        Assert.Equal("00096d756c746968617368", Multihash.Of(Multihash.Identity, data).ToString());
        Assert.Equal("d501102a", Multihash.Of(0xd5, [0x2a, .. new byte[15]]).ToString()[..8]); // md5: unknown here, carried along
    }

    // js-libp2p 3.3.11: the provider key of "foo", and what the DHT makes of it and of a peer id.
    [Fact]
    public void Has_the_values_that_js_gives()
    {
        Multihash foo = Multihash.OfSha256("foo"u8);
        Assert.Equal("12202c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", foo.ToString());
        Assert.Equal("81c9efe16a9caba129055ab5459ecefcae7c7fa40e35e6ceec10eb4e7134d747", Convert.ToHexStringLower(Multihash.OfSha256(foo.Bytes).Digest));
        PeerId peer = PeerId.Parse("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X");
        Assert.Equal("47c9663fabdb948b2a467947bd23e86ecfbfb24bcd41ae81e163711d807f7143", Convert.ToHexStringLower(Multihash.OfSha256(peer.Bytes).Digest));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("122000")]
    [InlineData("121f00000000000000000000000000000000000000000000000000000000000000")] // sha2-256 cut to 31 bytes
    [InlineData("000161ff")] // a byte behind it
    [InlineData("d50100")] // an empty digest
    [InlineData("0081000100")] // length in two bytes
    public void Refuses_wrong_lengths(string hex)
    {
        Assert.False(Multihash.TryRead(Convert.FromHexString(hex), out Multihash hash));
        Assert.Equal(default, hash);
        Assert.False(Multihash.IsValid(Convert.FromHexString(hex)));
    }

    [Fact]
    public void A_digest_has_a_limit()
    {
        Assert.Throws<ArgumentException>(() => Multihash.Of(Multihash.Identity, new byte[Multihash.MaxDigest + 1]));
        Assert.Throws<ArgumentException>(() => Multihash.Of(Multihash.Sha256, new byte[31]));
        Assert.False(Multihash.TryRead([0, 0x81, 0x01, .. new byte[129]], out _));
    }

    [Fact]
    public void The_default_value_is_harmless()
    {
        Multihash none = default;
        Assert.Equal("", none.ToString());
        Assert.True(none.Digest.IsEmpty);
        Assert.Equal(none.GetHashCode(), default(Multihash).GetHashCode());
    }

    [Fact]
    public void One_hash_is_read_from_the_front_of_several()
    {
        Multihash a = Multihash.OfSha256([1]);
        Multihash b = Multihash.Of(Multihash.Identity, [2, 3]);
        ReadOnlySpan<byte> input = (byte[])[.. a.Bytes, .. b.Bytes];
        Assert.True(Multihash.TryRead(ref input, out Multihash first));
        Assert.True(Multihash.TryRead(ref input, out Multihash second));
        Assert.True(input.IsEmpty);
        Assert.Equal((a, b), (first, second));
        Assert.False(Multihash.TryRead(ref input, out _));
    }
}
