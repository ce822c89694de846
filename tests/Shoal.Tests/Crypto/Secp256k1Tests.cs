using System.Security.Cryptography;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Crypto;

namespace Shoal.Tests.Crypto;

public class Secp256k1Tests
{
    private const string WycheproofPath = "bitcoin/vectors/wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json";

    /// <summary>
    /// Wycheproof wants Bitcoin's rules: every case must come out as its result says with low S required. Without that, exactly the
    /// cases whose only fault is a high S become valid: the one with flag SignatureMalleabilityBitcoin, and the one with s = (n + 1) / 2.
    /// </summary>
    [SkippableVectors(WycheproofPath)]
    public void Wycheproof_cases_come_out_as_they_should()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedVectors.Find(WycheproofPath)!));
        int cases = 0;
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = Hex(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] hash = SHA256.HashData(Hex(test.GetProperty("msg").GetString()!)), signature = Hex(test.GetProperty("sig").GetString()!);
                bool valid = test.GetProperty("result").GetString() == "valid";
                bool onlyHighS = test.GetProperty("comment").GetString()!.EndsWith("ignature malleability", StringComparison.Ordinal);
                string what = $"case {test.GetProperty("tcId").GetInt32()}: {test.GetProperty("comment").GetString()}";
                Assert.True(valid == Secp256k1.VerifyEcdsa(key, hash, signature, requireLowS: true), what);
                Assert.True((valid || onlyHighS) == Secp256k1.VerifyEcdsa(key, hash, signature), what);
                Assert.True((valid || onlyHighS) == Secp256k1.VerifyEcdsa(Compress(key), hash, signature), what);
                cases++;
            }
        }

        Assert.True(cases > 400);
    }

    /// <summary>The key 1, whose public key is the generator, signs the hash 1 with the nonce 1: r = x of G, s = 1 + r.</summary>
    [Fact]
    public void Garbage_is_refused_and_never_throws()
    {
        byte[] key = Hex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"), hash = [.. new byte[31], 1];
        byte[] signature = Hex("304402" + "2079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" + "022079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81799");
        Assert.True(Secp256k1.VerifyEcdsa(key, hash, signature));
        for (int length = 0; length < signature.Length; length++) Assert.False(Secp256k1.VerifyEcdsa(key, hash, signature.AsSpan(0, length)));
        for (int length = 0; length < key.Length; length++) Assert.False(Secp256k1.VerifyEcdsa(key.AsSpan(0, length), hash, signature));
        for (int bit = 0; bit < 8 * signature.Length; bit++) Assert.False(Secp256k1.VerifyEcdsa(key, hash, Flip(signature, bit)), $"bit {bit}");
        for (int bit = 0; bit < 8 * key.Length; bit++) Assert.False(Secp256k1.VerifyEcdsa(Flip(key, bit), hash, signature), $"bit {bit}");

        Prop.ForAll<byte[], byte[]>((k, s) => !Secp256k1.VerifyEcdsa(k, hash, s)).QuickCheckThrowOnFailure();
        Assert.Throws<ArgumentException>(() => Secp256k1.VerifyEcdsa(key, new byte[31], signature));
    }

    [Fact]
    public void Signatures_of_the_base_library_verify_with_keys_in_both_forms()
    {
        ECDsa ecdsa;
        try
        {
            ecdsa = ECDsa.Create(ECCurve.CreateFromFriendlyName("secP256k1"));
        }
        catch (PlatformNotSupportedException)
        {
            return; // macOS and the browser.
        }

        using (ecdsa)
        {
            ECParameters parameters = ecdsa.ExportParameters(false);
            byte[] key = [4, .. parameters.Q.X!, .. parameters.Q.Y!];
            for (int i = 0; i < 50; i++)
            {
                byte[] hash = SHA256.HashData([(byte)i]);
                byte[] signature = ecdsa.SignHash(hash, DSASignatureFormat.Rfc3279DerSequence);
                Assert.True(Secp256k1.VerifyEcdsa(key, hash, signature));
                Assert.True(Secp256k1.VerifyEcdsa(Compress(key), hash, signature));
                hash[i % 32] ^= 1;
                Assert.False(Secp256k1.VerifyEcdsa(key, hash, signature));
            }
        }
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] copy = [.. bytes];
        copy[bit >> 3] ^= (byte)(1 << (bit & 7));
        return copy;
    }

    private static byte[] Compress(byte[] key) => [(byte)(2 + (key[64] & 1)), .. key[1..33]];

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
