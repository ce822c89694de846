namespace Shoal.Crypto;

/// <summary>X25519 key agreement (RFC 7748, section 5).</summary>
public static class X25519
{
    /// <summary>Bytes of a secret, a public key and a shared secret.</summary>
    public const int KeySize = 32;

    /// <summary>Computes the public key of a 32-byte secret.</summary>
    public static void PublicKey(ReadOnlySpan<byte> secretKey, Span<byte> publicKey) => throw new NotImplementedException();

    /// <summary>Computes the shared secret; false (and zeroes) when the result is all zero, that is, the public key has small order.</summary>
    public static bool TryAgree(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> publicKey, Span<byte> sharedSecret) => throw new NotImplementedException();
}
