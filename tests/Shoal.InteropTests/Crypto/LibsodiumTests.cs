using System.Runtime.Intrinsics.X86;
using Shoal.Crypto;

namespace Shoal.InteropTests.Crypto;

/// <summary>Ours and libsodium's on the same random inputs. A failure names the seed that brings it back.</summary>
public class LibsodiumTests
{
    private const int Cases = 2000;

    [LibsodiumFact]
    public void Signatures_are_the_same_and_each_accepts_the_others()
    {
        var keyPair = Libsodium.Function<Libsodium.SeedKeyPair>("crypto_sign_seed_keypair");
        var sign = Libsodium.Function<Libsodium.SignDetached>("crypto_sign_detached");
        var verify = Libsodium.Function<Libsodium.VerifyDetached>("crypto_sign_verify_detached");
        ForEachSeed(Cases, random =>
        {
            byte[] seed = Bytes(random, 32), message = Bytes(random, random.Next(300)), publicKey = new byte[32], secretKey = new byte[64];
            byte[] theirs = new byte[64], ours = new byte[64];
            keyPair(publicKey, secretKey, seed);
            sign(theirs, 0, message, (ulong)message.Length, secretKey);

            using var key = Ed25519KeyPair.FromSeed(seed);
            key.Sign(message, ours);
            Assert.Equal(publicKey, key.PublicKey.ToArray());
            Assert.Equal(theirs, ours);
            Assert.True(Ed25519.Verify(publicKey, message, theirs));
            Assert.Equal(0, verify(ours, message, (ulong)message.Length, publicKey));
        });
    }

    /// <summary>
    /// Bits flipped anywhere, bytes replaced by special ones: both give the same answer. libsodium also refuses an R of small order, which
    /// RFC 8032 does not ask for; an honest signer never makes one, and none comes up here.
    /// </summary>
    [LibsodiumFact]
    public void Damaged_signatures_and_keys_get_the_same_answer()
    {
        var verify = Libsodium.Function<Libsodium.VerifyDetached>("crypto_sign_verify_detached");
        ForEachSeed(Cases, random =>
        {
            byte[] message = Bytes(random, random.Next(40)), signature = new byte[64];
            using var key = Ed25519KeyPair.FromSeed(Bytes(random, 32));
            key.Sign(message, signature);
            byte[] publicKey = key.PublicKey.ToArray();
            byte[] victim = random.Next(3) == 0 ? publicKey : signature;
            switch (random.Next(4))
            {
                case 0: victim[random.Next(victim.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: victim.AsSpan(random.Next(victim.Length)).Fill(0xff); break;
                case 2: victim.AsSpan(random.Next(victim.Length)).Clear(); break;
                default: break;
            }

            Assert.Equal(verify(signature, message, (ulong)message.Length, publicKey) == 0, Ed25519.Verify(publicKey, message, signature));
        });
    }

    [LibsodiumFact]
    public void X25519_gives_the_same_keys_and_secrets()
    {
        var multiply = Libsodium.Function<Libsodium.ScalarMult>("crypto_scalarmult");
        var multiplyBase = Libsodium.Function<Libsodium.ScalarMultBase>("crypto_scalarmult_base");
        ForEachSeed(Cases, random =>
        {
            byte[] secret = Bytes(random, 32), ours = new byte[32], theirs = new byte[32];
            X25519.PublicKey(secret, ours);
            multiplyBase(theirs, secret);
            Assert.Equal(theirs, ours);

            // Any 32 bytes are a public key, on the curve or on its twist; some are close to p, some are of small order.
            byte[] publicKey = Bytes(random, 32);
            if (random.Next(4) == 0) publicKey.AsSpan(1).Fill((byte)(random.Next(2) * 0xff));
            bool agreed = multiply(theirs, secret, publicKey) == 0;
            Assert.Equal(agreed, X25519.TryAgree(secret, publicKey, ours));
            Assert.Equal(!agreed, X25519.HasSmallOrder(publicKey));
            if (agreed) Assert.Equal(theirs, ours);
        });
    }

    [LibsodiumFact]
    public void ChaCha20Poly1305_seals_the_same_on_every_path()
    {
        var seal = Libsodium.Function<Libsodium.AeadEncryptDetached>("crypto_aead_chacha20poly1305_ietf_encrypt_detached");
        ForEachSeed(Cases, random =>
        {
            byte[] key = Bytes(random, 32), nonce = Bytes(random, 12), data = Bytes(random, random.Next(40)), plaintext = Bytes(random, random.Next(1500));
            byte[] theirs = new byte[plaintext.Length], theirTag = new byte[16], ours = new byte[plaintext.Length], tag = new byte[16];
            seal(theirs, theirTag, 0, plaintext, (ulong)plaintext.Length, data, (ulong)data.Length, 0, nonce, key);
            foreach (ChaCha20.Path? path in Paths)
            {
                using var aead = new ChaCha20Poly1305Aead(key, path);
                aead.Encrypt(nonce, plaintext, ours, tag, data);
                Assert.Equal(theirs, ours);
                Assert.Equal(theirTag, tag);
                Assert.True(aead.TryDecrypt(nonce, ours, tag, ours, data));
                Assert.Equal(plaintext, ours);
            }
        });
    }

    [LibsodiumFact]
    public void ChaCha20_and_Poly1305_alone_are_the_same()
    {
        var stream = Libsodium.Function<Libsodium.StreamXor>("crypto_stream_chacha20_ietf_xor_ic");
        var authenticate = Libsodium.Function<Libsodium.OneTimeAuth>("crypto_onetimeauth_poly1305");
        ForEachSeed(Cases, random =>
        {
            byte[] key = Bytes(random, 32), nonce = Bytes(random, 12), input = Bytes(random, random.Next(1500));
            if (random.Next(8) == 0) input.AsSpan().Fill(0xff);
            byte[] theirs = new byte[input.Length], ours = new byte[input.Length], theirTag = new byte[16], tag = new byte[16];
            uint counter = (uint)random.Next();
            stream(theirs, input, (ulong)input.Length, nonce, counter, key);
            foreach (ChaCha20.Path? path in Paths)
            {
                if (path is not { } managed) continue;
                ChaCha20.Xor(key, nonce, counter, input, ours, managed);
                Assert.Equal(theirs, ours);
            }

            authenticate(theirTag, input, (ulong)input.Length, key);
            Poly1305.Tag(key, input, tag);
            Assert.Equal(theirTag, tag);
        });
    }

    private static IEnumerable<ChaCha20.Path?> Paths
    {
        get
        {
            yield return null;
            yield return ChaCha20.Path.Vector128;
            yield return ChaCha20.Path.Scalar;
            if (Avx2.IsSupported) yield return ChaCha20.Path.Vector256;
        }
    }

    private static void ForEachSeed(int cases, Action<Random> test)
    {
        int start = Random.Shared.Next();
        for (int i = 0; i < cases; i++)
        {
            try
            {
                test(new Random(start + i));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {start + i}: {e}");
            }
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
