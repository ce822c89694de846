using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>P-256, stored as SEC 1 DER (ECPrivateKey with its curve).</summary>
internal sealed class EcdsaPrivateKey : PrivateKey
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new(); // The base library does not promise that one key object may be used by two threads.

    private EcdsaPrivateKey(ECDsa key)
    {
        _key = key;
        PublicKey = EcdsaPublicKey.Of(key.ExportParameters(includePrivateParameters: false));
    }

    public override PublicKey PublicKey { get; }

    internal static EcdsaPrivateKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="FormatException">It is not such a key.</exception>
    internal static EcdsaPrivateKey Read(ReadOnlySpan<byte> data)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportECPrivateKey(data, out int read);
            if (read == data.Length && IsP256(key.ExportParameters(includePrivateParameters: false).Curve)) return new EcdsaPrivateKey(key);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw new FormatException("not an ECDSA key in SEC 1 form", e);
        }

        key.Dispose();
        throw new FormatException("an ECDSA key has to be of the curve P-256");
    }

    public override byte[] Sign(ReadOnlySpan<byte> message)
    {
        lock (_gate) return _key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public override byte[] ToProtobuf()
    {
        byte[] data;
        lock (_gate) data = _key.ExportECPrivateKey();
        byte[] message = KeyCodec.Encode(KeyType.Ecdsa, data);
        CryptographicOperations.ZeroMemory(data);
        return message;
    }

    public override void Dispose() => _key.Dispose();

    private static bool IsP256(ECCurve curve) => curve.IsNamed && curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
}
