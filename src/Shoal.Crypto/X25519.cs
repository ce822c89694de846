using System.Security.Cryptography;
using Shoal.Crypto.Curve25519;

namespace Shoal.Crypto;

/// <summary>X25519 key agreement (RFC 7748, section 5).</summary>
/// <remarks>
/// Time does not depend on secrets. As the RFC asks, the topmost bit of a public key is ignored and values from p to 2^255 - 1 are
/// taken modulo p; an agreement whose result is all zero fails.
/// </remarks>
public static class X25519
{
    /// <summary>Bytes of a secret, a public key and a shared secret.</summary>
    public const int KeySize = 32;

    /// <summary>Makes a 32-byte secret from the system's random source.</summary>
    public static void GenerateSecret(Span<byte> secretKey) => RandomNumberGenerator.Fill(secretKey[..KeySize]);

    /// <summary>Computes the public key of a 32-byte secret.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public static void PublicKey(ReadOnlySpan<byte> secretKey, Span<byte> publicKey)
    {
        CheckLength(secretKey, nameof(secretKey));
        CheckLength(publicKey, nameof(publicKey));

        // The same point lies on the Edwards curve, where its multiples have a table.
        Span<byte> scalar = stackalloc byte[KeySize];
        Clamp(secretKey, scalar);
        BaseTable.Multiply(scalar, out EdwardsPoint point);
        point.WriteMontgomery(publicKey);
        CryptographicOperations.ZeroMemory(scalar);
    }

    /// <summary>Computes the shared secret; false (and zeroes) when the result is all zero, that is, the public key has small order.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public static bool TryAgree(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> publicKey, Span<byte> sharedSecret)
    {
        CheckLength(secretKey, nameof(secretKey));
        CheckLength(publicKey, nameof(publicKey));
        CheckLength(sharedSecret, nameof(sharedSecret));

        Span<byte> scalar = stackalloc byte[KeySize];
        Clamp(secretKey, scalar);
        FieldElement.Read(publicKey, out FieldElement u);
        MontgomeryLadder.Multiply(scalar, u, out FieldElement shared);
        shared.Write(sharedSecret);
        bool usable = shared.IsZero() == 0;
        CryptographicOperations.ZeroMemory(scalar);
        Secrets.Zero(ref shared);
        return usable;
    }

    /// <summary>
    /// True for the public keys that give an all-zero secret with every secret key: the points of order 1, 2, 4 and 8 of the curve and
    /// its twist, in any encoding.
    /// </summary>
    /// <exception cref="ArgumentException">The key has the wrong length.</exception>
    public static bool HasSmallOrder(ReadOnlySpan<byte> publicKey)
    {
        CheckLength(publicKey, nameof(publicKey));
        FieldElement.Read(publicKey, out FieldElement u);
        return MontgomeryLadder.HasSmallOrder(u);
    }

    /// <summary>Makes the number a multiple of 8 from 2^254 to 2^255 - 8.</summary>
    private static void Clamp(ReadOnlySpan<byte> secretKey, Span<byte> scalar)
    {
        secretKey.CopyTo(scalar);
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 127) | 64);
    }

    private static void CheckLength(ReadOnlySpan<byte> span, string name)
    {
        if (span.Length != KeySize) throw new ArgumentException($"X25519 keys and secrets have {KeySize} bytes.", name);
    }
}
