using System.Security.Cryptography;

namespace Shoal.Crypto;

/// <summary>
/// ChaCha20-Poly1305 (RFC 8439) under one key: the base library's where it is supported, a managed one elsewhere.
/// </summary>
/// <remarks>Not thread-safe: one object per key and direction. In place is allowed: both spans may be the same memory.</remarks>
public sealed class ChaCha20Poly1305Aead : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = 12;

    /// <summary>Bytes of a tag.</summary>
    public const int TagSize = 16;

    private readonly ChaCha20Poly1305 _cipher;

    /// <summary>Takes a copy of a 32-byte key.</summary>
    public ChaCha20Poly1305Aead(ReadOnlySpan<byte> key) => _cipher = new ChaCha20Poly1305(key);

    /// <summary>Writes <paramref name="plaintext"/>'s ciphertext, of the same length, and the 16-byte tag.</summary>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData = default) =>
        _cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

    /// <summary>Checks the tag and decrypts. False, and a zeroed <paramref name="plaintext"/>, when the tag is wrong.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        try
        {
            _cipher.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _cipher.Dispose();
}
