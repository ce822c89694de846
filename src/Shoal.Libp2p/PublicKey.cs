using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p;

/// <summary>A peer's public identity key.</summary>
public abstract class PublicKey : IEquatable<PublicKey>
{
    private protected PublicKey()
    {
    }

    /// <summary>Reads the protobuf form. False when it is malformed or not a key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> protobuf, [MaybeNullWhen(false)] out PublicKey key) => throw new NotImplementedException();

    /// <summary>Which kind of key.</summary>
    public abstract KeyType Type { get; }

    /// <summary>The deterministic protobuf form.</summary>
    public abstract ReadOnlyMemory<byte> Protobuf { get; }

    /// <summary>The peer that this key names.</summary>
    public PeerId PeerId => PeerId.FromPublicKey(this);

    /// <summary>Says whether the owner of this key signed <paramref name="message"/>.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <inheritdoc />
    public bool Equals(PublicKey? other) => other is not null && Protobuf.Span.SequenceEqual(other.Protobuf.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc />
    public override int GetHashCode() => throw new NotImplementedException();
}
