using System.Security.Cryptography;
using Shoal.Crypto;

namespace Shoal.Libp2p.Identity;

/// <summary>Stored as 64 bytes: the seed, then the public key. 96 bytes, the public key twice, is an old form.</summary>
internal sealed class Ed25519PrivateKey : PrivateKey
{
    private const int Stored = Ed25519.SeedSize + Ed25519.PublicKeySize;
    private const int StoredOld = Stored + Ed25519.PublicKeySize;

    private readonly Ed25519KeyPair _pair;

    internal Ed25519PrivateKey(Ed25519KeyPair pair)
    {
        _pair = pair;
        PublicKey = new Ed25519PublicKey(pair.PublicKey);
    }

    public override PublicKey PublicKey { get; }

    /// <exception cref="FormatException">The length is wrong, or a public key in it is not the seed's.</exception>
    internal static Ed25519PrivateKey Read(ReadOnlySpan<byte> data)
    {
        if (data.Length is not (Stored or StoredOld)) throw new FormatException($"an Ed25519 key has {Stored} or {StoredOld} bytes, not {data.Length}");

        Ed25519KeyPair pair = Ed25519KeyPair.FromSeed(data[..Ed25519.SeedSize]);
        for (int at = Ed25519.SeedSize; at < data.Length; at += Ed25519.PublicKeySize)
        {
            if (pair.PublicKey.SequenceEqual(data.Slice(at, Ed25519.PublicKeySize))) continue;
            pair.Dispose();
            throw new FormatException("the public half of the Ed25519 key does not belong to its secret half");
        }

        return new Ed25519PrivateKey(pair);
    }

    public override byte[] Sign(ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        _pair.Sign(message, signature);
        return signature;
    }

    public override byte[] ToProtobuf()
    {
        Span<byte> data = stackalloc byte[Stored];
        _pair.ExportSeed(data[..Ed25519.SeedSize]);
        _pair.PublicKey.CopyTo(data[Ed25519.SeedSize..]);
        byte[] message = KeyCodec.Encode(KeyType.Ed25519, data);
        CryptographicOperations.ZeroMemory(data);
        return message;
    }

    public override void Dispose() => _pair.Dispose();
}
