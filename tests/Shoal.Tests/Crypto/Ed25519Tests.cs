using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Crypto;
using Shoal.Crypto.Curve25519;

namespace Shoal.Tests.Crypto;

public class Ed25519Tests
{
    private static readonly BigInteger P = (BigInteger.One << 255) - 19;
    private static readonly BigInteger L = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    /// <summary>RFC 8032, section 7.1: seed, public key, message, signature (tests 1, 2, 3, 1024 and SHA(abc)).</summary>
    public static TheoryData<string, string, string, string> Rfc8032 => new()
    {
        {
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        },
        {
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        },
        {
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        },
        {
            "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
            "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
            "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f6c50544e23f"
            + "b1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c"
            + "941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a82"
            + "1a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbef"
            + "efd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53"
            + "f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d"
            + "502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759"
            + "d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b07"
            + "07e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22"
            + "f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8"
            + "fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb"
            + "038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df"
            + "f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7984a74d371459867"
            + "80fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1"
            + "b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a4"
            + "3dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b5"
            + "0d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fd"
            + "e7cb68606937380db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca"
            + "c60c905c15fc910840b94c00a0b9d0",
            "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03"
        },
        {
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        },
    };

    [Theory]
    [MemberData(nameof(Rfc8032))]
    public void Signs_and_verifies_as_RFC_8032_says(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519KeyPair.FromSeed(Hex(seed));
        Assert.Equal(publicKey, Hex(key.PublicKey));

        byte[] made = new byte[64];
        key.Sign(Hex(message), made);
        Assert.Equal(signature, Hex(made));
        Assert.True(Ed25519.Verify(Hex(publicKey), Hex(message), Hex(signature)));
    }

    [Fact]
    public void Any_flipped_bit_is_found()
    {
        using var key = Ed25519KeyPair.FromSeed(new byte[32]);
        byte[] message = [1, 2, 3], signature = new byte[64], publicKey = key.PublicKey.ToArray();
        key.Sign(message, signature);
        Assert.True(Ed25519.Verify(publicKey, message, signature));
        foreach (byte[] part in new[] { message, signature, publicKey })
        {
            for (int bit = 0; bit < 8 * part.Length; bit++)
            {
                part[bit >> 3] ^= (byte)(1 << (bit & 7));
                Assert.False(Ed25519.Verify(publicKey, message, signature), $"bit {bit} of {part.Length} bytes");
                part[bit >> 3] ^= (byte)(1 << (bit & 7));
            }
        }
    }

    [Fact]
    public void S_plus_a_multiple_of_L_is_refused()
    {
        using var key = Ed25519KeyPair.FromSeed(new byte[32]);
        byte[] message = [1, 2, 3], signature = new byte[64];
        key.Sign(message, signature);
        BigInteger s = new(signature.AsSpan(32), isUnsigned: true);
        for (BigInteger forged = s + L; forged < BigInteger.One << 256; forged += L)
        {
            byte[] bytes = new byte[32];
            Assert.True(forged.TryWriteBytes(bytes, out _, isUnsigned: true));
            Assert.False(Ed25519.Verify(key.PublicKey, message, [.. signature[..32], .. bytes]));
        }
    }

    /// <summary>
    /// The points of order 1, 2, 4 and 8, and their encodings with y + p where there is one or a sign on x = 0. With such a key,
    /// R = neutral or -kA and S = 0 would pass for many messages.
    /// </summary>
    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Keys_of_small_order_are_refused(string publicKey)
    {
        byte[] neutral = new byte[32], key = Hex(publicKey);
        neutral[0] = 1;
        Assert.False(Ed25519.IsValidPublicKey(key));
        for (byte message = 0; message < 16; message++)
        {
            Assert.False(Ed25519.Verify(key, [message], [.. neutral, .. new byte[32]]));
            Assert.False(Ed25519.Verify(key, [message], [.. key, .. new byte[32]]));
        }
    }

    /// <summary>y + p for y below 19: each such encoding is refused although the point may exist.</summary>
    [Fact]
    public void Keys_that_are_not_canonical_are_refused()
    {
        for (int y = 0; y < 19; y++)
        {
            for (int sign = 0; sign <= 0x80; sign += 0x80)
            {
                byte[] key = new byte[32];
                Assert.True((P + y).TryWriteBytes(key, out _, isUnsigned: true));
                key[31] |= (byte)sign;
                Assert.False(Ed25519.IsValidPublicKey(key));
                Assert.False(Ed25519.Verify(key, [1], new byte[64]));
            }
        }
    }

    /// <summary>
    /// Without the cofactor: a key A + T with a point T of order 8 verifies only those of the honest signer's signatures where 8 divides k.
    /// </summary>
    [Fact]
    public void Verification_does_not_multiply_by_the_cofactor()
    {
        byte[] scalar = Hex("0300000000000000000000000000000000000000000000000000000000000000"), publicKey = new byte[32], r = new byte[32];
        BaseTable.Multiply(scalar, out EdwardsPoint a);
        a.Write(publicKey);
        Assert.True(EdwardsPoint.TryRead(publicKey, out a));
        Assert.True(EdwardsPoint.TryRead(Hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), out EdwardsPoint torsion));
        ProjectiveNiels.From(torsion, out ProjectiveNiels prepared);
        a.Add(prepared, withT: true);
        a.Write(publicKey);
        Assert.True(Ed25519.IsValidPublicKey(publicKey));
        BaseTable.Multiply(scalar, out EdwardsPoint nonce);
        nonce.Write(r);

        int valid = 0;
        for (int i = 0; i < 64; i++)
        {
            byte[] message = [(byte)i], k = new byte[32], s = new byte[32];
            Scalar.Reduce(SHA512.HashData([.. r, .. publicKey, .. message]), k);
            Scalar.MultiplyAdd(k, scalar, scalar, s);
            bool expected = (k[0] & 7) == 0;
            Assert.Equal(expected, Ed25519.Verify(publicKey, message, [.. r, .. s]));
            if (expected) valid++;
        }

        Assert.InRange(valid, 1, 63);
    }

    [Fact]
    public void Garbage_is_refused_and_never_throws()
    {
        using var key = Ed25519KeyPair.FromSeed(new byte[32]);
        byte[] publicKey = key.PublicKey.ToArray();
        Prop.ForAll<byte[], byte[], byte[]>((k, m, s) => !Ed25519.Verify(k, m, s) && !Ed25519.Verify(publicKey, m, s)).QuickCheckThrowOnFailure();
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] anyKey = new byte[32], signature = new byte[64];
            random.NextBytes(anyKey);
            random.NextBytes(signature);
            signature[63] &= 0x0f;
            Assert.False(Ed25519.Verify(anyKey, [], signature));
        }
    }

    [Fact]
    public void What_a_key_signs_verifies_and_nothing_else_does() =>
        Prop.ForAll<byte[], int>((message, seed) =>
        {
            byte[] bytes = new byte[32], signature = new byte[64];
            new Random(seed).NextBytes(bytes);
            using var key = Ed25519KeyPair.FromSeed(bytes);
            key.Sign(message, signature);
            return Ed25519.Verify(key.PublicKey, message, signature) && !Ed25519.Verify(key.PublicKey, [.. message, 0], signature);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(959)]
    [InlineData(960)]
    [InlineData(961)]
    [InlineData(992)]
    [InlineData(993)]
    [InlineData(100_000)]
    public void Long_messages_are_hashed_in_parts_with_the_same_result(int length)
    {
        byte[] message = new byte[length], signature = new byte[64], digest = new byte[64];
        new Random(length).NextBytes(message);
        using var key = Ed25519KeyPair.FromSeed(message.AsSpan(0, 32));
        key.Sign(message, signature);
        Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
        Sha512.Hash(signature, key.PublicKey, message, digest);
        Assert.Equal(SHA512.HashData([.. signature, .. key.PublicKey, .. message]), digest);
    }

    [Fact]
    public void Signing_and_verifying_allocate_nothing()
    {
        using var key = Ed25519KeyPair.FromSeed(new byte[32]);
        byte[] message = new byte[100], signature = new byte[64], publicKey = key.PublicKey.ToArray();
        for (int i = 0; i < 2; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            key.Sign(message, signature);
            bool valid = Ed25519.Verify(publicKey, message, signature);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(valid);
            if (i == 1) Assert.Equal(0, allocated); // Tables are made the first time.
        }
    }

    [Fact]
    public void A_key_pair_exports_its_seed_and_forgets_it_when_disposed()
    {
        byte[] seed = new byte[32];
        using var key = Ed25519KeyPair.Generate();
        key.ExportSeed(seed);
        using var same = Ed25519KeyPair.FromSeed(seed);
        Assert.Equal(key.PublicKey.ToArray(), same.PublicKey.ToArray());
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([], new byte[64]));
        Assert.Throws<ObjectDisposedException>(() => key.ExportSeed(seed));
        Assert.Throws<ArgumentException>(() => Ed25519KeyPair.FromSeed(new byte[31]));
        Assert.Throws<ArgumentException>(() => same.Sign([], new byte[63]));
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
