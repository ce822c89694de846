namespace Shoal.Crypto;

/// <summary>ECDSA over secp256k1 (SEC 1, SEC 2): verification.</summary>
public static class Secp256k1
{
    /// <summary>Verifies a DER signature over a 32-byte hash with a compressed (33 bytes) or uncompressed (65 bytes) public key.</summary>
    public static bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> derSignature) => throw new NotImplementedException();
}
