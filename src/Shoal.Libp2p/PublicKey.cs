using System.Diagnostics.CodeAnalysis;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Libp2p;

/// <summary>A peer's public identity key (libp2p specification, peer-ids).</summary>
/// <remarks>
/// The encoded form is a protobuf message with exactly one right spelling, because peer ids are hashes of it:
/// <code>08 | type | 12 | uvarint length | key</code>
/// where the key is 32 bytes (Ed25519), 33 (secp256k1, compressed), or a DER SubjectPublicKeyInfo (ECDSA over P-256, RSA of 2048 to 8192 bits).
/// Any other spelling is refused.
/// </remarks>
public abstract class PublicKey : IEquatable<PublicKey>
{
    private protected PublicKey(KeyType type, ReadOnlySpan<byte> data)
    {
        Type = type;
        Protobuf = KeyCodec.Encode(type, data);
        PeerId = PeerId.FromPublicKey(this);
    }

    /// <summary>Reads the protobuf form. False when it is malformed or not a key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> protobuf, [MaybeNullWhen(false)] out PublicKey key)
    {
        key = null;
        if (!KeyCodec.TryRead(protobuf, out KeyType type, out ReadOnlySpan<byte> data)) return false;
        key = type switch
        {
            KeyType.Ed25519 => Ed25519PublicKey.TryRead(data),
            KeyType.Secp256k1 => Secp256k1PublicKey.TryRead(data),
            KeyType.Ecdsa => EcdsaPublicKey.TryRead(data),
            KeyType.Rsa => RsaPublicKey.TryRead(data),
            _ => null,
        };
        return key is not null;
    }

    /// <summary>Which kind of key.</summary>
    public KeyType Type { get; }

    /// <summary>The deterministic protobuf form.</summary>
    public ReadOnlyMemory<byte> Protobuf { get; }

    /// <summary>The peer that this key names.</summary>
    public PeerId PeerId { get; }

    /// <summary>Says whether the owner of this key signed <paramref name="message"/>. Never throws: a malformed signature is a wrong one.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <inheritdoc />
    public bool Equals(PublicKey? other) => other is not null && Protobuf.Span.SequenceEqual(other.Protobuf.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc />
    public override int GetHashCode() => ByteHash.Of(Protobuf.Span);

    /// <summary>The kind and the peer id.</summary>
    public override string ToString() => $"{Type} key of {PeerId}";
}
