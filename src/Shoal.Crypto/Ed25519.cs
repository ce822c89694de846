namespace Shoal.Crypto;

/// <summary>Ed25519 signatures (RFC 8032, section 5.1).</summary>
public static class Ed25519
{
    /// <summary>Bytes of a seed, the secret half of a key.</summary>
    public const int SeedSize = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Says whether <paramref name="signature"/> over <paramref name="message"/> was made with the secret of <paramref name="publicKey"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        throw new NotImplementedException();
}
