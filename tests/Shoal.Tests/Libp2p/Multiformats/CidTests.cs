using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Tests.Libp2p.Multiformats;

public class CidTests
{
    // multiformats/cid, README: the human-readable form of zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA is
    // base58btc - cidv1 - raw - sha2-256-256-6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95
    [Fact]
    public void The_example_of_the_specification()
    {
        Cid cid = Cid.Parse("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA");
        Assert.Equal(1, cid.Version);
        Assert.Equal(Cid.Raw, cid.Codec);
        Assert.Equal(Multihash.Sha256, cid.Hash.Code);
        Assert.Equal("6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95", Convert.ToHexStringLower(cid.Hash.Digest));
        Assert.Equal("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA", cid.ToString(MultibaseEncoding.Base58Btc));
    }

    // ipfs/go-cid, README and cid_test.go: the same content under both versions.
    [Fact]
    public void Version_0_and_version_1_of_one_content()
    {
        Cid zero = Cid.Parse("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");
        Assert.Equal((0, Cid.DagPb), (zero.Version, zero.Codec));
        Cid one = Cid.V1(Cid.DagPb, zero.Hash);
        Assert.Equal("bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", one.ToString());
        Assert.NotEqual(zero, one);
        Assert.Equal(one, Cid.Parse(one.ToString()));
        Assert.Equal(zero, Cid.V0(one.Hash));
        Assert.Equal(34, zero.ToBytes().Length);
        Assert.Throws<InvalidOperationException>(() => zero.ToString(MultibaseEncoding.Base32));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1")]
    [InlineData("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1O")] // O is no digit
    [InlineData("zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n")] // version 0 behind a prefix
    [InlineData("f0255122000")] // version 2
    [InlineData("f015512")] // cut short
    public void Refuses_what_is_no_cid(string text)
    {
        Assert.False(Cid.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Cid.Parse(text));
    }

    [Fact]
    public void Version_0_takes_sha_256_only() => Assert.Throws<ArgumentException>(() => Cid.V0(Multihash.Of(Multihash.Identity, [1])));

    [Fact]
    public void Any_codec_and_digest_come_back() => Prop.ForAll<ulong, byte[]>((codec, digest) =>
    {
        Cid cid = Cid.V1(codec & UnsignedVarint.MaxValue, Multihash.Of(Multihash.Identity, digest.AsSpan(0, Math.Min(digest.Length, Multihash.MaxDigest))));
        return Cid.TryRead(cid.ToBytes(), out Cid read) && read == cid && Cid.Parse(cid.ToString()) == cid && Cid.Parse(cid.ToString(MultibaseEncoding.Base36)) == cid;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_false() => Prop.ForAll<byte[], string>((bytes, text) =>
    {
        bool sound = !Cid.TryParse(text, out Cid parsed) || parsed.Hash.Bytes.Length > 0;
        return sound && (!Cid.TryRead(bytes, out Cid cid) || cid.ToBytes().AsSpan().SequenceEqual(bytes));
    }).QuickCheckThrowOnFailure();
}
