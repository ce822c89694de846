namespace Shoal.Crypto.Noise;

/// <summary>A key and its nonce counter (Noise, section 5.1).</summary>
/// <remarks>
/// Not thread-safe. Transport messages in place: ciphertext and plaintext may start at the same memory. Nothing is allocated per message.
/// </remarks>
public sealed class NoiseCipherState : IDisposable
{
    /// <summary>Bytes that encryption adds.</summary>
    public const int TagSize = 16;

    private readonly NoiseKeyedCipher _cipher;
    private bool _disposed;

    internal NoiseCipherState(NoiseCipher cipher, ReadOnlySpan<byte> key) => _cipher = cipher.Create(key);

    /// <summary>Messages encrypted or decrypted so far, which is the next message's nonce.</summary>
    public ulong Counter { get; internal set; }

    /// <summary>Encrypts into <paramref name="destination"/> (plaintext length + 16) and counts up.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="InvalidOperationException">The nonce is used up (2^64 - 1 messages).</exception>
    public int Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        CheckUsable();
        if (destination.Length - TagSize < plaintext.Length)
            throw new ArgumentException($"Encryption adds {TagSize} bytes.", nameof(destination));

        _cipher.Encrypt(Counter, plaintext, destination[..plaintext.Length], destination.Slice(plaintext.Length, TagSize), associatedData);
        Counter++;
        return plaintext.Length + TagSize;
    }

    /// <summary>Checks and decrypts into <paramref name="destination"/> (ciphertext length - 16) and counts up. False when the message is too short or the tag is wrong; the counter then stays.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    /// <exception cref="InvalidOperationException">The nonce is used up (2^64 - 1 messages).</exception>
    public bool TryDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> destination, out int written, ReadOnlySpan<byte> associatedData = default)
    {
        CheckUsable();
        written = 0;
        int length = ciphertext.Length - TagSize;
        if (length < 0) return false;
        if (destination.Length < length) throw new ArgumentException($"The plaintext has {length} bytes.", nameof(destination));
        if (!_cipher.TryDecrypt(Counter, ciphertext[..length], ciphertext[length..], destination[..length], associatedData)) return false;

        Counter++;
        written = length;
        return true;
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _cipher.Dispose();
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // 2^64 - 1 itself is reserved (section 5.1).
        if (Counter == ulong.MaxValue) throw new InvalidOperationException("The nonce is used up.");
    }
}
