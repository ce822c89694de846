using System.Security.Cryptography;

namespace Shoal.Libp2p.Identity;

/// <summary>Stored as PKCS #1 DER (RSAPrivateKey).</summary>
internal sealed class RsaPrivateKey : PrivateKey
{
    private readonly RSA _key;
    private readonly Lock _gate = new(); // The base library does not promise that one key object may be used by two threads.

    private RsaPrivateKey(RSA key)
    {
        _key = key;
        PublicKey = RsaPublicKey.Of(key);
    }

    public override PublicKey PublicKey { get; }

    internal static RsaPrivateKey Generate() => new(RSA.Create(RsaPublicKey.MinBits));

    /// <exception cref="FormatException">It is not such a key, or its size is refused.</exception>
    internal static RsaPrivateKey Read(ReadOnlySpan<byte> data)
    {
        RSA key = RSA.Create();
        try
        {
            key.ImportRSAPrivateKey(data, out int read);
            RSAParameters parts = key.ExportParameters(includePrivateParameters: false);
            if (read == data.Length && RsaPublicKey.Fits(parts.Modulus, parts.Exponent)) return new RsaPrivateKey(key);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw new FormatException("not an RSA key in PKCS #1 form", e);
        }

        key.Dispose();
        throw new FormatException($"an RSA key has to have {RsaPublicKey.MinBits} to {RsaPublicKey.MaxBits} bits");
    }

    public override byte[] Sign(ReadOnlySpan<byte> message)
    {
        lock (_gate) return _key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public override byte[] ToProtobuf()
    {
        byte[] data;
        lock (_gate) data = _key.ExportRSAPrivateKey();
        byte[] message = KeyCodec.Encode(KeyType.Rsa, data);
        CryptographicOperations.ZeroMemory(data);
        return message;
    }

    public override void Dispose() => _key.Dispose();
}
