using Shoal.Crypto;

namespace Shoal.Libp2p.Identity;

/// <summary>32 bytes; signatures over the message itself.</summary>
internal sealed class Ed25519PublicKey : PublicKey
{
    internal Ed25519PublicKey(ReadOnlySpan<byte> key)
        : base(KeyType.Ed25519, key)
    {
    }

    internal static Ed25519PublicKey? TryRead(ReadOnlySpan<byte> data) => data.Length == Ed25519.PublicKeySize ? new Ed25519PublicKey(data) : null;

    public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize && Ed25519.Verify(Protobuf.Span[^Ed25519.PublicKeySize..], message, signature);
}
