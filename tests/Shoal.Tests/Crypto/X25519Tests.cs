using Shoal.Crypto;

namespace Shoal.Tests.Crypto;

public class X25519Tests
{
    /// <summary>RFC 7748, section 5.2: scalar, u coordinate, result.</summary>
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void Agrees_as_RFC_7748_says(string scalar, string u, string result)
    {
        byte[] shared = new byte[32];
        Assert.True(X25519.TryAgree(Hex(scalar), Hex(u), shared));
        Assert.Equal(result, Hex(shared));
    }

    /// <summary>RFC 7748, section 5.2: k and u start as 9; each round k becomes X25519(k, u) and u the old k.</summary>
    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void Iterates_as_RFC_7748_says(int rounds, string result)
    {
        byte[] k = new byte[32], u = new byte[32], next = new byte[32];
        k[0] = u[0] = 9;
        for (int i = 0; i < rounds; i++)
        {
            Assert.True(X25519.TryAgree(k, u, next));
            (k, u, next) = (next, k, u);
        }

        Assert.Equal(result, Hex(k));
    }

    /// <summary>RFC 7748, section 6.1.</summary>
    [Fact]
    public void Two_sides_agree_as_RFC_7748_says()
    {
        byte[] alice = Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        byte[] bob = Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] alicePublic = new byte[32], bobPublic = new byte[32], shared = new byte[32];

        X25519.PublicKey(alice, alicePublic);
        X25519.PublicKey(bob, bobPublic);
        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Hex(alicePublic));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Hex(bobPublic));

        Assert.True(X25519.TryAgree(alice, bobPublic, shared));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Hex(shared));
        Assert.True(X25519.TryAgree(bob, alicePublic, shared));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Hex(shared));
    }

    /// <summary>Every u of order 1, 2, 4 or 8 on the curve or its twist, as values below 2^255 (so p, p + 1 are among them).</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Keys_of_small_order_are_refused_and_leave_zeros(string u)
    {
        byte[] key = Hex(u), secret = new byte[32], shared = new byte[32];
        for (int i = 0; i < 10; i++)
        {
            new Random(i).NextBytes(secret);
            shared.AsSpan().Fill(0xaa);
            Assert.False(X25519.TryAgree(secret, key, shared));
            Assert.Equal(new byte[32], shared);
        }

        Assert.True(X25519.HasSmallOrder(key));
        key[31] |= 0x80; // ignored
        Assert.True(X25519.HasSmallOrder(key));
        Assert.False(X25519.TryAgree(secret, key, shared));
    }

    [Fact]
    public void The_top_bit_is_ignored_and_values_from_p_on_are_reduced()
    {
        byte[] secret = Hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"), first = new byte[32], second = new byte[32];
        for (byte i = 2; i < 19; i++)
        {
            byte[] small = new byte[32], large = Hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
            small[0] = i;
            large[0] += i;
            Assert.True(X25519.TryAgree(secret, small, first));
            Assert.True(X25519.TryAgree(secret, large, second));
            Assert.Equal(first, second);
            Assert.False(X25519.HasSmallOrder(small));
        }
    }

    [Fact]
    public void The_table_and_the_ladder_give_the_same_public_keys()
    {
        byte[] basePoint = new byte[32], secret = new byte[32], table = new byte[32], ladder = new byte[32];
        basePoint[0] = 9;
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            if (i == 0) secret.AsSpan().Fill(0xff);
            else if (i == 1) secret.AsSpan().Clear();
            else random.NextBytes(secret);
            X25519.PublicKey(secret, table);
            Assert.True(X25519.TryAgree(secret, basePoint, ladder));
            Assert.Equal(ladder, table);
        }
    }

    [Fact]
    public void Wrong_lengths_are_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[31], new byte[32], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[32], new byte[33], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.PublicKey(new byte[32], new byte[31]));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
