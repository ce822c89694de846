using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Crypto;

namespace Shoal.Tests.Crypto;

/// <summary>Every way to compute the cipher runs every vector: the base library's (-1) and each managed one.</summary>
public class ChaCha20Poly1305AeadTests
{
    private const int BaseLibrary = -1;

    public static TheoryData<int> Paths
    {
        get
        {
            TheoryData<int> paths = [(int)ChaCha20.Path.Best, (int)ChaCha20.Path.Vector128, (int)ChaCha20.Path.Scalar];
            if (Avx2.IsSupported) paths.Add((int)ChaCha20.Path.Vector256);
            if (ChaCha20Poly1305.IsSupported) paths.Add(BaseLibrary);
            return paths;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Key_streams_are_those_of_RFC_8439(int path)
    {
        if (path == BaseLibrary) return;
        foreach ((string key, string nonce, uint counter, string stream) in Rfc8439.Blocks)
        {
            byte[] made = new byte[ChaCha20.BlockSize];
            ChaCha20.Xor(Hex(key), Hex(nonce), counter, made, made, (ChaCha20.Path)path);
            Assert.Equal(stream, Hex(made));
        }

        foreach ((string key, string nonce, uint counter, string text, string result) in Rfc8439.Encryptions)
        {
            byte[] made = Hex(text);
            ChaCha20.Xor(Hex(key), Hex(nonce), counter, made, made, (ChaCha20.Path)path);
            Assert.Equal(result, Hex(made));
        }
    }

    [Fact]
    public void Tags_are_those_of_RFC_8439()
    {
        foreach ((string key, string message, string tag) in Rfc8439.Tags)
        {
            byte[] made = new byte[16];
            Poly1305.Tag(Hex(key), Hex(message), made);
            Assert.Equal(tag, Hex(made));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Seals_and_opens_as_RFC_8439_says(int path)
    {
        foreach ((string key, string nonce, string data, string plaintext, string ciphertext, string tag) in Rfc8439.Seals)
        {
            using ChaCha20Poly1305Aead aead = Create(Hex(key), path);
            byte[] text = Hex(plaintext), made = new byte[16];
            aead.Encrypt(Hex(nonce), text, text, made, Hex(data));
            Assert.Equal(ciphertext, Hex(text));
            Assert.Equal(tag, Hex(made));
            Assert.True(aead.TryDecrypt(Hex(nonce), text, made, text, Hex(data)));
            Assert.Equal(plaintext, Hex(text));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void All_ways_agree_at_every_length(int path)
    {
        byte[] key = Bytes(1, 32), nonce = Bytes(2, 12), all = Bytes(3, 1700);
        using ChaCha20Poly1305Aead aead = Create(key, path), reference = Create(key, (int)ChaCha20.Path.Scalar);
        byte[] tag = new byte[16], expectedTag = new byte[16];
        for (int length = 0; length <= all.Length; length += length < 600 ? 1 : 67)
        {
            byte[] data = all[..(length % 33)], plaintext = all[..length], made = new byte[length], expected = new byte[length];
            aead.Encrypt(nonce, plaintext, made, tag, data);
            reference.Encrypt(nonce, plaintext, expected, expectedTag, data);
            Assert.Equal(expected, made);
            Assert.Equal(expectedTag, tag);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Any_flipped_bit_is_found_and_leaves_no_plaintext(int path)
    {
        byte[] nonce = Bytes(4, 12), data = Bytes(5, 20), ciphertext = new byte[70], tag = new byte[16], plaintext = new byte[70];
        using ChaCha20Poly1305Aead aead = Create(Bytes(6, 32), path);
        aead.Encrypt(nonce, Bytes(7, 70), ciphertext, tag, data);
        foreach (byte[] part in new[] { nonce, data, ciphertext, tag })
        {
            // The base library throws on a wrong tag, which is slow: there, one bit of each byte.
            for (int bit = 0; bit < 8 * part.Length; bit += path == BaseLibrary ? 11 : 1)
            {
                part[bit >> 3] ^= (byte)(1 << (bit & 7));
                plaintext.AsSpan().Fill(0xaa);
                Assert.False(aead.TryDecrypt(nonce, ciphertext, tag, plaintext, data));
                Assert.Equal(new byte[70], plaintext);
                part[bit >> 3] ^= (byte)(1 << (bit & 7));
            }
        }

        Assert.True(aead.TryDecrypt(nonce, ciphertext, tag, plaintext, data));
    }

    [Fact]
    public void What_was_sealed_opens() =>
        Prop.ForAll<byte[], byte[]>((plaintext, data) =>
        {
            byte[] nonce = Bytes(8, 12), text = [.. plaintext], tag = new byte[16];
            using ChaCha20Poly1305Aead ours = Create(Bytes(9, 32), (int)ChaCha20.Path.Best), theirs = new(Bytes(9, 32));
            ours.Encrypt(nonce, text, text, tag, data);
            return theirs.TryDecrypt(nonce, text, tag, text, data) && text.SequenceEqual(plaintext);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Paths))]
    public void Wrong_lengths_are_the_callers_fault(int path)
    {
        Assert.ThrowsAny<ArgumentException>(() => Create(new byte[31], path));
        using ChaCha20Poly1305Aead aead = Create(new byte[32], path);
        Assert.ThrowsAny<ArgumentException>(() => aead.Encrypt(new byte[11], new byte[1], new byte[1], new byte[16]));
        Assert.ThrowsAny<ArgumentException>(() => aead.Encrypt(new byte[12], new byte[1], new byte[2], new byte[16]));
        Assert.ThrowsAny<ArgumentException>(() => aead.TryDecrypt(new byte[12], new byte[1], new byte[15], new byte[1]));
        aead.Dispose();
        Assert.Throws<ObjectDisposedException>(() => aead.Encrypt(new byte[12], [], [], new byte[16]));
    }

    private static ChaCha20Poly1305Aead Create(byte[] key, int path) =>
        path == BaseLibrary ? new ChaCha20Poly1305Aead(key) : new ChaCha20Poly1305Aead(key, (ChaCha20.Path)path);

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
