using System.Security.Cryptography;
using Shoal.Crypto;

namespace Shoal.Libp2p.Identity;

/// <summary>A compressed point, 33 bytes; DER signatures over SHA-256 of the message.</summary>
internal sealed class Secp256k1PublicKey : PublicKey
{
    private const int Size = 33;

    /// <summary>Longest DER signature: two integers of 33 bytes with their headers, in bytes.</summary>
    private const int MaxSignature = 72;

    private Secp256k1PublicKey(ReadOnlySpan<byte> key)
        : base(KeyType.Secp256k1, key)
    {
    }

    internal static Secp256k1PublicKey? TryRead(ReadOnlySpan<byte> data) => data.Length == Size && data[0] is 2 or 3 ? new Secp256k1PublicKey(data) : null;

    public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length is > 0 and <= MaxSignature && Secp256k1.VerifyEcdsa(Protobuf.Span[^Size..], SHA256.HashData(message), signature);
}
