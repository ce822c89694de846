namespace Shoal.Crypto.Noise;

/// <summary>A key and its nonce counter (Noise, section 5.1).</summary>
/// <remarks>Not thread-safe. Transport messages in place: ciphertext and plaintext may start at the same memory.</remarks>
public sealed class NoiseCipherState : IDisposable
{
    /// <summary>Bytes that encryption adds.</summary>
    public const int TagSize = 16;

    /// <summary>Encrypts into <paramref name="destination"/> (plaintext length + 16) and counts up.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="InvalidOperationException">The nonce is used up (2^64 - 1 messages).</exception>
    public int Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> associatedData = default) => throw new NotImplementedException();

    /// <summary>Checks and decrypts into <paramref name="destination"/> (ciphertext length - 16) and counts up. False when the message is too short or the tag is wrong; the counter then stays.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> ciphertext, Span<byte> destination, out int written, ReadOnlySpan<byte> associatedData = default) => throw new NotImplementedException();

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => throw new NotImplementedException();
}
