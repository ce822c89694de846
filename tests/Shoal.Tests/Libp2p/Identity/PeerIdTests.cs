using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;

namespace Shoal.Tests.Libp2p.Identity;

public class PeerIdTests
{
    // js-libp2p 3.3.11
    private const string Text = "12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X";
    private const string Cid = "bafzaajaiaejcbtwmcud5yho5okkzkhbjbcepbfnnxece2g3t22lonxyglvudxvh4";
    private const string Hex = "002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc";

    [Fact]
    public void Has_the_bytes_and_texts_that_js_gives()
    {
        Assert.True(PeerId.TryRead(Convert.FromHexString(Hex), out PeerId id));
        Assert.Equal(Text, id.ToString());
        Assert.Equal(Cid, id.ToCidText());
        Assert.Equal("Nft9HyQ6X"[1..], id.ShortText);
        Assert.Equal(id, PeerId.Parse(Text));
        Assert.Equal(id, PeerId.Parse(Cid));
        Assert.Equal(id.GetHashCode(), PeerId.Parse(Cid).GetHashCode());
    }

    // libp2p/specs, peer-ids.md, "Decoding", and go-multiaddr, multiaddr_test.go
    [Theory]
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")]
    [InlineData("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA")]
    [InlineData("bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe")]
    [InlineData("k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl7")]
    [InlineData("k51qzi5uqu5dhb6l8spkdx7yxafegfkee5by8h7lmjh2ehc2sgg34z7c15vzqs")]
    [InlineData("bafzaajaiaejcalj543iwv2d7pkjt7ykvefrfku7qjfi6sduakhso4lay6abn2d5u")]
    public void Reads_every_text_form(string text)
    {
        PeerId id = PeerId.Parse(text);
        Assert.Equal(id, PeerId.Parse(id.ToString()));
        Assert.Equal(id, PeerId.Parse(id.ToCidText()));
        Assert.Contains(text, new[] { id.ToString(), id.ToCidText(), text[0] == 'k' ? text : "" });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("Qm")]
    [InlineData("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6")] // a character too few
    [InlineData("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ60")] // not a digit
    [InlineData("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5NN")]
    [InlineData("k2jmtxwoe2phm1hbqp0e7nufqf6umvuu2e9qd7ana7h411a0haqj6i2z")] // a CID of something else
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")] // dag-pb
    public void Refuses_what_is_no_peer_id(string? text) => Assert.False(PeerId.TryParse(text, out _));

    [Fact]
    public void Long_text_is_refused_before_it_is_decoded() => Assert.False(PeerId.TryParse(new string('1', 1_000_000), out _));

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("000101ff")]
    [InlineData("1220")]
    [InlineData("121fcecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4")]
    [InlineData("1320cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc")]
    public void Refuses_bytes_that_are_no_peer_id(string hex) => Assert.False(PeerId.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void An_inline_key_has_at_most_42_bytes()
    {
        Assert.True(PeerId.TryRead([0, 42, .. new byte[42]], out _));
        Assert.False(PeerId.TryRead([0, 43, .. new byte[43]], out _));
    }

    [Fact]
    public void The_default_value_names_nobody_and_harms_nobody()
    {
        PeerId none = default;
        Assert.Equal(none, new PeerId());
        Assert.NotEqual(none, PeerId.Parse(Text));
        Assert.Equal(none.GetHashCode(), default(PeerId).GetHashCode());
        Assert.Equal("", none.ToString());
        Assert.Equal("", none.ShortText);
        Assert.Equal("", none.ToCidText());
        Assert.True(none.Bytes.IsEmpty);
        Assert.False(none.TryGetPublicKey(out _));
        Assert.False(PeerId.TryRead(none.Bytes, out _));
    }

    [Fact]
    public void Contains_its_key_when_that_is_short()
    {
        Assert.True(PeerId.Parse(Text).TryGetPublicKey(out PublicKey? key));
        Assert.Equal(KeyType.Ed25519, key.Type);
        Assert.Equal(PeerId.Parse(Text), key.PeerId);
        Assert.False(PeerId.Parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").TryGetPublicKey(out _));
    }

    [Fact]
    public void Any_valid_bytes_come_back_from_both_texts() => Prop.ForAll<byte[], bool>((data, hashed) =>
    {
        byte[] bytes = hashed ? [0x12, 32, .. new byte[Math.Max(0, 32 - data.Length)], .. data.Take(32)] : [0, (byte)data.Length, .. data];
        return !PeerId.TryRead(bytes, out PeerId id)
            || (PeerId.Parse(id.ToString()) == id && PeerId.Parse(id.ToCidText()) == id && id.Bytes.SequenceEqual(bytes));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_false() => Prop.ForAll<string, byte[]>((text, bytes) =>
    {
        PeerId.TryRead(bytes, out _);
        return !PeerId.TryParse(text, out PeerId id) || id != default;
    }).QuickCheckThrowOnFailure();
}
