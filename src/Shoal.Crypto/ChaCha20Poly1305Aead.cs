using System.Buffers.Binary;
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

    private readonly ChaCha20Poly1305? _baseLibrary;
    private readonly byte[] _key = [];
    private readonly ChaCha20.Path _path;
    private bool _disposed;

    /// <summary>Takes a copy of a 32-byte key.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> has another length.</exception>
    public ChaCha20Poly1305Aead(ReadOnlySpan<byte> key)
        : this(key, ChaCha20Poly1305.IsSupported ? null : ChaCha20.Path.Best)
    {
    }

    /// <summary>For tests: a managed way, or with null the base library's.</summary>
    internal ChaCha20Poly1305Aead(ReadOnlySpan<byte> key, ChaCha20.Path? managed)
    {
        if (key.Length != KeySize) throw new ArgumentException($"A key has {KeySize} bytes.", nameof(key));
        if (managed is { } path)
        {
            _key = Secrets.Allocate(KeySize);
            key.CopyTo(_key);
            _path = path;
        }
        else
        {
            _baseLibrary = new ChaCha20Poly1305(key);
        }
    }

    /// <summary>Writes <paramref name="plaintext"/>'s ciphertext, of the same length, and the 16-byte tag.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_baseLibrary is not null)
        {
            _baseLibrary.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
            return;
        }

        CheckLengths(nonce, plaintext, ciphertext, tag);
        ChaCha20.Xor(_key, nonce, 1, plaintext, ciphertext, _path);
        Authenticate(nonce, ciphertext, associatedData, tag);
    }

    /// <summary>Checks the tag and decrypts. False, and a zeroed <paramref name="plaintext"/>, when the tag is wrong.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_baseLibrary is not null)
        {
            try
            {
                _baseLibrary.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                CryptographicOperations.ZeroMemory(plaintext);
                return false;
            }
        }

        CheckLengths(nonce, ciphertext, plaintext, tag);
        Span<byte> expected = stackalloc byte[TagSize];
        Authenticate(nonce, ciphertext, associatedData, expected);
        bool authentic = CryptographicOperations.FixedTimeEquals(expected, tag);
        CryptographicOperations.ZeroMemory(expected);
        if (authentic) ChaCha20.Xor(_key, nonce, 1, ciphertext, plaintext, _path);
        else CryptographicOperations.ZeroMemory(plaintext);
        return authentic;
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _baseLibrary?.Dispose();
        CryptographicOperations.ZeroMemory(_key);
    }

    /// <summary>The tag of RFC 8439, section 2.8: over the associated data, the ciphertext and both lengths.</summary>
    private void Authenticate(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> tag)
    {
        Span<byte> oneTimeKey = stackalloc byte[Poly1305.KeySize];
        oneTimeKey.Clear();
        ChaCha20.Xor(_key, nonce, 0, oneTimeKey, oneTimeKey, _path);
        var poly = new Poly1305(oneTimeKey);
        CryptographicOperations.ZeroMemory(oneTimeKey);

        Span<byte> lengths = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(lengths, associatedData.Length);
        BinaryPrimitives.WriteInt64LittleEndian(lengths[8..], ciphertext.Length);
        poly.AddPadded(associatedData);
        poly.AddPadded(ciphertext);
        poly.AddPadded(lengths);
        poly.Finish(tag);
    }

    private static void CheckLengths(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, ReadOnlySpan<byte> tag)
    {
        if (nonce.Length != NonceSize) throw new ArgumentException($"A nonce has {NonceSize} bytes.", nameof(nonce));
        if (tag.Length != TagSize) throw new ArgumentException($"A tag has {TagSize} bytes.", nameof(tag));
        if (input.Length != output.Length) throw new ArgumentException("Plaintext and ciphertext have the same length.", nameof(output));
    }
}
