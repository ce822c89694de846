using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>Signs and checks messages under StrictSign (pubsub specification, message signing).</summary>
/// <remarks>
/// Signed is <c>libp2p-pubsub:</c> and the message with the fields <c>from</c>, <c>data</c>, <c>seqno</c>, <c>topic</c> only, each
/// encoded if it was present, even when empty. The specification leaves out the signature alone; every implementation
/// leaves out the key as well.
/// </remarks>
internal static class MessageSigning
{
    private static ReadOnlySpan<byte> Prefix => "libp2p-pubsub:"u8;

    /// <summary>Adds the signature, and the key where the author's peer id does not contain it.</summary>
    internal static MessageFields Sign(in MessageFields message, PrivateKey key)
    {
        byte[] covered = new byte[Prefix.Length + MessageWriter.SignedSize(message)];
        WriteCovered(covered, message);
        return message with
        {
            Signature = key.Sign(covered),
            Key = key.PeerId.TryGetPublicKey(out _) ? (ReadOnlyMemory<byte>?)null : key.PublicKey.Protobuf,
        };
    }

    /// <summary>Finds the key that must have signed: the one that came along, if it gives the author's peer id, or the one inside the peer id.</summary>
    internal static bool TryGetKey(in MessageFields message, PeerId author, [MaybeNullWhen(false)] out PublicKey key)
    {
        if (message.Key is not { Length: > 0 } bytes) return author.TryGetPublicKey(out key);
        return PublicKey.TryRead(bytes.Span, out key) && key.PeerId == author;
    }

    /// <summary>Says whether the owner of <paramref name="key"/> signed the message.</summary>
    internal static bool Verify(in MessageFields message, PublicKey key)
    {
        if (message.Signature is not { } signature) return false;

        int size = Prefix.Length + MessageWriter.SignedSize(message);
        byte[] covered = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            WriteCovered(covered.AsSpan(0, size), message);
            return key.Verify(covered.AsSpan(0, size), signature.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(covered);
        }
    }

    private static void WriteCovered(Span<byte> covered, in MessageFields message)
    {
        Prefix.CopyTo(covered);
        var writer = new ProtobufWriter(covered[Prefix.Length..]);
        MessageWriter.WriteSigned(ref writer, message);
    }
}
