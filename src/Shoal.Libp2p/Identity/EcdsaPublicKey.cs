using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>A point of P-256 as DER SubjectPublicKeyInfo, 91 bytes; DER signatures over SHA-256 of the message.</summary>
/// <remarks>Where the platform has no ECDSA (the browser) every signature counts as wrong.</remarks>
internal sealed class EcdsaPublicKey : PublicKey
{
    private const int Coordinate = 32;

    /// <summary>Longest DER signature: two integers of 33 bytes with their headers, in bytes.</summary>
    private const int MaxSignature = 72;

    /// <summary>SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING 04 … : what every such key starts with.</summary>
    private static readonly byte[] Head = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private readonly ECParameters _point;

    private EcdsaPublicKey(ReadOnlySpan<byte> info, ECParameters point)
        : base(KeyType.Ecdsa, info) => _point = point;

    internal static EcdsaPublicKey? TryRead(ReadOnlySpan<byte> info)
    {
        if (info.Length != Head.Length + (2 * Coordinate) || !info.StartsWith(Head)) return null;

        ECParameters point = new()
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = info.Slice(Head.Length, Coordinate).ToArray(), Y = info[(Head.Length + Coordinate)..].ToArray() },
        };
        try
        {
            using ECDsa key = ECDsa.Create(point); // Refuses a point that is not on the curve.
        }
        catch (CryptographicException)
        {
            return null;
        }
        catch (PlatformNotSupportedException)
        {
        }

        return new EcdsaPublicKey(info, point);
    }

    internal static EcdsaPublicKey Of(ECParameters point) => new([.. Head, .. point.Q.X!, .. point.Q.Y!], point);

    public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.IsEmpty || signature.Length > MaxSignature) return false;
        try
        {
            using ECDsa key = ECDsa.Create(_point);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
