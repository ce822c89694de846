using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;

namespace Shoal.Tests.Libp2p.Identity;

public class KeyTests
{
    private static readonly byte[] Message = Encoding.UTF8.GetBytes("message");

    // js-libp2p 3.3.11
    [Fact]
    public void An_ed25519_key_comes_out_as_in_js()
    {
        byte[] seed = new byte[32];
        seed[0] = 1;
        using PrivateKey key = PrivateKey.FromEd25519Seed(seed);
        Assert.Equal("08011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc", Convert.ToHexStringLower(key.PublicKey.Protobuf.Span));
        Assert.Equal("080112400100000000000000000000000000000000000000000000000000000000000000cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc", Convert.ToHexStringLower(key.ToProtobuf()));
        Assert.Equal("002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc", Convert.ToHexStringLower(key.PeerId.Bytes));
        Assert.Equal("12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X", key.PeerId.ToString());
        Assert.DoesNotContain("0100000000", key.ToString(), StringComparison.Ordinal);

        byte[] noise = [.. "noise-libp2p-static-key:"u8, .. Enumerable.Repeat((byte)0x11, 32)];
        Assert.Equal("97766c11cbf7dc8a0c44046478b5e27a6b70d5a6bc2ef0899f92f8fb0a4c29321d5f16c24b829e4b8b57691fb54c2b6db1074d1c102daae179919aee41b9e902", Convert.ToHexStringLower(key.Sign(noise)));
        byte[] pubsub = [.. "libp2p-pubsub:"u8, .. Convert.FromHexString("0a26002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc120568656c6c6f1a0800000000000000012204726f6f6d")];
        byte[] signature = Convert.FromHexString("e3403f0847377b9782678cf9e40f39c70f9de831f3419e6ffc18d1e3632db34f91bee4f0e1d63f8abda76ada882f4e3dd0f93c0f017a23e36cab6faa0bd2f608");
        Assert.Equal(signature, key.Sign(pubsub));
        Assert.True(key.PublicKey.Verify(pubsub, signature));
    }

    [Theory]
    [InlineData(KeyType.Ed25519, KeyVectors.Ed25519Private, KeyVectors.Ed25519Public)]
    [InlineData(KeyType.Ecdsa, KeyVectors.EcdsaPrivate, KeyVectors.EcdsaPublic)]
    [InlineData(KeyType.Rsa, KeyVectors.RsaPrivate, KeyVectors.RsaPublic)]
    public void Reads_and_writes_the_keys_of_the_specification(KeyType type, string privateHex, string publicHex)
    {
        using PrivateKey key = PrivateKey.FromProtobuf(Convert.FromHexString(privateHex));
        Assert.Equal(publicHex, Convert.ToHexStringLower(key.PublicKey.Protobuf.Span));
        Assert.Equal(privateHex, Convert.ToHexString(key.ToProtobuf()), ignoreCase: true);
        Assert.True(PublicKey.TryRead(Convert.FromHexString(publicHex), out PublicKey? read));
        Assert.Equal(type, read.Type);
        Assert.Equal(key.PublicKey, read);
        Assert.Equal(key.PublicKey.GetHashCode(), read.GetHashCode());
        Assert.StartsWith(type == KeyType.Ed25519 ? "12D3Koo" : "Qm", read.PeerId.ToString(), StringComparison.Ordinal);
        Check(key, read);
    }

    [Fact]
    public void A_secp256k1_key_can_be_known_but_not_used()
    {
        Assert.True(PublicKey.TryRead(Convert.FromHexString(KeyVectors.Secp256k1Public), out PublicKey? key));
        Assert.Equal(KeyType.Secp256k1, key.Type);
        Assert.Equal("16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY", key.PeerId.ToString());
        Assert.Throws<NotSupportedException>(() => PrivateKey.FromProtobuf(Convert.FromHexString(KeyVectors.Secp256k1Private)));
        Assert.Throws<NotSupportedException>(() => PrivateKey.Generate(KeyType.Secp256k1));
    }

    // The base library signs, where it knows the curve: with OpenSSL it does, on macOS and in the browser not.
    [Fact]
    public void A_secp256k1_signature_of_another_implementation_is_verified()
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.True(PublicKey.TryRead(Convert.FromHexString(KeyVectors.Secp256k1Public), out PublicKey? key));
        using ECDsa signer = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.CreateFromFriendlyName("secp256k1"),
            D = Convert.FromHexString(KeyVectors.Secp256k1Private)[4..],
        });
        byte[] signature = signer.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(key.Verify(Message, signature));
        Assert.False(key.Verify([.. Message, 0], signature));
        Assert.False(key.Verify(Message, [.. signature, 0]));
        Assert.False(key.Verify(Message, []));
        Assert.False(key.Verify(Message, new byte[70]));

        // An x that is on no point of the curve: whatever is signed with it is wrong.
        Assert.True(!PublicKey.TryRead([0x08, 0x02, 0x12, 0x21, 0x02, .. new byte[31], 5], out PublicKey? none) || !none.Verify(Message, signature));
    }

    [Theory]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Ecdsa)]
    [InlineData(KeyType.Rsa)]
    public void A_new_key_signs_and_comes_back_from_its_stored_form(KeyType type)
    {
        using PrivateKey key = PrivateKey.Generate(type);
        using PrivateKey again = PrivateKey.FromProtobuf(key.ToProtobuf());
        Assert.Equal(key.PeerId, again.PeerId);
        Assert.True(PublicKey.TryRead(again.PublicKey.Protobuf.Span, out PublicKey? read));
        Check(again, read);
    }

    [Fact]
    public void The_old_ed25519_form_is_read_when_both_public_keys_are_right()
    {
        byte[] key = Convert.FromHexString(KeyVectors.Ed25519Private)[4..];
        byte[] old = [0x08, 0x01, 0x12, 0x60, .. key, .. key[32..]];
        using PrivateKey read = PrivateKey.FromProtobuf(old);
        Assert.Equal(KeyVectors.Ed25519Public, Convert.ToHexStringLower(read.PublicKey.Protobuf.Span));

        foreach (int at in new[] { 4 + 40, 4 + 70 })
        {
            byte[] wrong = [.. old];
            wrong[at] ^= 1;
            Assert.Throws<FormatException>(() => PrivateKey.FromProtobuf(wrong));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0801")]
    [InlineData("1220" + Point + "0801")] // fields the wrong way round
    [InlineData("08011220" + Point + "1800")] // a field more
    [InlineData("0881001220" + Point)] // 1 in two bytes
    [InlineData("080112a000" + Point)] // 32 in two bytes
    [InlineData("08041220" + Point)] // no such kind
    [InlineData("0801121f1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("08011221" + Point)]
    [InlineData("08021220" + Point)] // secp256k1 without its first byte
    [InlineData("0802122104" + Point)]
    [InlineData("0803125b3059301306072a8648ce3d020106082a8648ce3d03010703420004de3d300fa36ae0e8f5d530899d83abab44abf3161f162a4bc901d8e6ecda020e8b6d5f8da30525e71d6851510c098e5c47c646a597fb4dcec034e9f77c409e63")] // not on the curve
    [InlineData("08001200")]
    public void Refuses_other_spellings_and_wrong_sizes(string hex) => Assert.False(PublicKey.TryRead(Convert.FromHexString(hex), out _));

    private const string Point = "cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc";

    [Fact]
    public void Rsa_keys_of_unusual_sizes_are_refused_before_any_arithmetic()
    {
        Assert.False(PublicKey.TryRead(Rsa(1024, 65537), out _));
        Assert.False(PublicKey.TryRead(Rsa(2040, 65537), out _));
        Assert.True(PublicKey.TryRead(Rsa(2048, 65537), out _));
        Assert.True(PublicKey.TryRead(Rsa(8192, 3), out PublicKey? largest));
        Assert.False(PublicKey.TryRead(Rsa(8200, 65537), out _));
        Assert.False(PublicKey.TryRead(Rsa(2048, 1), out _));
        Assert.False(PublicKey.TryRead(Rsa(2048, 4), out _));
        Assert.False(PublicKey.TryRead(Rsa(2048, 0xffff_ffff), out _));
        Assert.False(largest.Verify(Message, new byte[1024]));

        using RSA small = RSA.Create(1024);
        byte[] data = small.ExportRSAPrivateKey();
        Assert.Throws<FormatException>(() => PrivateKey.FromProtobuf(Key(0, data)));
    }

    [Fact]
    public void A_different_curve_is_refused()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<FormatException>(() => PrivateKey.FromProtobuf(Key(3, other.ExportECPrivateKey())));
        Assert.False(PublicKey.TryRead(Key(3, other.ExportSubjectPublicKeyInfo()), out _));
    }

    [Fact]
    public void Garbage_is_never_a_key_and_never_more_than_refused() => Prop.ForAll<byte[], byte, byte[]>((data, type, garbage) =>
    {
        PublicKey.TryRead(garbage, out _);
        byte[] message = Key(type % 5, data);
        bool isKey = PublicKey.TryRead(message, out PublicKey? key);
        if (isKey && !key!.Protobuf.Span.SequenceEqual(message)) return false;
        if (isKey && key!.Verify(garbage, data)) return false;
        try
        {
            PrivateKey.FromProtobuf(message).Dispose();
        }
        catch (Exception e) when (e is FormatException or NotSupportedException)
        {
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(KeyVectors.RsaPublic)]
    [InlineData(KeyVectors.EcdsaPublic)]
    [InlineData(KeyVectors.Ed25519Public)]
    public void A_key_with_any_byte_changed_is_another_key_or_none(string hex)
    {
        byte[] right = Convert.FromHexString(hex);
        Assert.True(PublicKey.TryRead(right, out PublicKey? key));
        for (int at = 0; at < right.Length; at++)
        {
            byte[] wrong = [.. right];
            wrong[at] ^= 0x55;
            if (PublicKey.TryRead(wrong, out PublicKey? other)) Assert.NotEqual(key.PeerId, other.PeerId);
            Assert.False(PublicKey.TryRead(right.AsSpan(0, at), out _));
        }
    }

    private static void Check(PrivateKey key, PublicKey verifier)
    {
        byte[] signature = key.Sign(Message);
        Assert.True(verifier.Verify(Message, signature));
        Assert.False(verifier.Verify([.. Message, 0], signature));
        Assert.False(verifier.Verify(Message, []));
        Assert.False(verifier.Verify(Message, [.. signature, 0]));
        signature[^1] ^= 1;
        Assert.False(verifier.Verify(Message, signature));
        Assert.False(verifier.Verify(Message, new byte[signature.Length]));
    }

    private static byte[] Rsa(int bits, uint exponent)
    {
        byte[] modulus = new byte[bits / 8];
        modulus.AsSpan().Fill(0xff);
        System.Formats.Asn1.AsnWriter writer = new(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            System.Formats.Asn1.AsnWriter key = new(System.Formats.Asn1.AsnEncodingRules.DER);
            using (key.PushSequence())
            {
                key.WriteIntegerUnsigned(modulus);
                key.WriteInteger(exponent);
            }

            writer.WriteBitString(key.Encode());
        }

        return Key(0, writer.Encode());
    }

    private static byte[] Key(int type, byte[] data)
    {
        byte[] length = data.Length < 128 ? [(byte)data.Length] : [(byte)(data.Length | 0x80), (byte)(data.Length >> 7)];
        return [0x08, (byte)type, 0x12, .. length, .. data];
    }
}
