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

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
