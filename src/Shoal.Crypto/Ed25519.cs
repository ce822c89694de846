using Shoal.Crypto.Curve25519;

namespace Shoal.Crypto;

/// <summary>Ed25519 signatures (RFC 8032, section 5.1).</summary>
/// <remarks>
/// What verification accepts, where the RFC leaves a choice: the equation is checked without the cofactor ([S]B = R + [k]A); S must be
/// below L; the public key must be canonically encoded and not of small order; R must be the canonical encoding that the equation gives.
/// So a signature has no second form.
/// </remarks>
public static class Ed25519
{
    /// <summary>Bytes of a seed, the secret half of a key.</summary>
    public const int SeedSize = 32;

    /// <summary>Bytes of a public key.</summary>
    public const int PublicKeySize = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Says whether <paramref name="signature"/> over <paramref name="message"/> was made with the secret of <paramref name="publicKey"/>.</summary>
    /// <remarks>Any input of any length gives an answer; nothing throws. Variable time: everything it sees is public.</remarks>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeySize || signature.Length != SignatureSize) return false;
        ReadOnlySpan<byte> r = signature[..32], s = signature[32..];
        if (!Scalar.IsCanonical(s)) return false;
        if (!EdwardsPoint.TryRead(publicKey, out EdwardsPoint a) || a.HasSmallOrder()) return false;

        Span<byte> digest = stackalloc byte[64], k = stackalloc byte[Scalar.Size], expected = stackalloc byte[32];
        Sha512.Hash(r, publicKey, message, digest);
        Scalar.Reduce(digest, k);

        // R = [S]B - [k]A
        a.Negate();
        PublicMultiples.MultiplyAdd(k, a, s, out EdwardsPoint point);
        point.Write(expected);
        return expected.SequenceEqual(r);
    }

    /// <summary>True for 32 bytes that are the canonical encoding of a point whose order is not 1, 2, 4 or 8: a key that signatures can be checked with.</summary>
    public static bool IsValidPublicKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == PublicKeySize && EdwardsPoint.TryRead(publicKey, out EdwardsPoint a) && !a.HasSmallOrder();
}
