using Shoal.Crypto.Secp256k1Curve;

namespace Shoal.Crypto;

/// <summary>ECDSA over secp256k1 (SEC 1, SEC 2): verification.</summary>
public static class Secp256k1
{
    /// <summary>Bytes of a hash that is signed.</summary>
    public const int HashSize = 32;

    /// <summary>Verifies a DER signature over a 32-byte hash with a compressed (33 bytes) or uncompressed (65 bytes) public key.</summary>
    /// <param name="publicKey">SEC 1, section 2.3.3; the hybrid form is refused.</param>
    /// <param name="hash">32 bytes, usually a SHA-256 digest.</param>
    /// <param name="derSignature">Strict DER: a signature has one encoding.</param>
    /// <param name="requireLowS">
    /// Refuses s above n/2, as Bitcoin does (BIP 62). Without it, as in libp2p, (r, n - s) is valid whenever (r, s) is. Default: false.
    /// </param>
    /// <remarks>Any key and signature gives an answer; only a hash of another length throws. Variable time: everything it sees is public.</remarks>
    /// <exception cref="ArgumentException"><paramref name="hash"/> has another length.</exception>
    public static bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> derSignature, bool requireLowS = false)
    {
        if (hash.Length != HashSize) throw new ArgumentException($"A hash has {HashSize} bytes.", nameof(hash));
        if (!DerSignature.TryRead(derSignature, out ReadOnlySpan<byte> rBytes, out ReadOnlySpan<byte> sBytes)) return false;
        if (requireLowS && !Scalar.IsLow(sBytes)) return false;

        Span<ulong> r = stackalloc ulong[Scalar.Limbs], s = stackalloc ulong[Scalar.Limbs], e = stackalloc ulong[Scalar.Limbs];
        if (!Scalar.TryReadNonZero(rBytes, r) || !Scalar.TryReadNonZero(sBytes, s)) return false;
        if (!Point.TryRead(publicKey, out Point q)) return false;

        // (e/s) G + (r/s) Q must have an x that is r modulo n (SEC 1, section 4.1.4).
        Span<ulong> inverse = stackalloc ulong[Scalar.Limbs];
        Scalar.InvertToMontgomery(s, inverse);
        Scalar.ReadReduced(hash, e);
        Scalar.N.Multiply(e, inverse, e);
        Scalar.N.Multiply(r, inverse, s);
        Span<byte> u1 = stackalloc byte[Scalar.Size], u2 = stackalloc byte[Scalar.Size];
        MontgomeryModulus.Write(e, u1);
        MontgomeryModulus.Write(s, u2);
        PublicMultiples.MultiplyAdd(u2, q, u1, out Point sum);
        return !sum.IsInfinity && HasX(sum, r);
    }

    /// <summary>True when the point's x is r or, where that is below p, r + n. Compares without dividing by Z².</summary>
    private static bool HasX(in Point point, ReadOnlySpan<ulong> r)
    {
        FieldElement.Square(point.Z, out FieldElement zz);
        var x = new FieldElement(r[0], r[1], r[2], r[3], r[4]);
        FieldElement.Multiply(x, zz, out FieldElement candidate);
        if (FieldElement.AreEqual(candidate, point.X)) return true;

        // r + n < p is r < p - n, a number of 129 bits.
        if (!Scalar.IsBelowPMinusN(r)) return false;
        FieldElement.Add(x, Scalar.NAsField, out x);
        FieldElement.Multiply(x, zz, out candidate);
        return FieldElement.AreEqual(candidate, point.X);
    }
}
