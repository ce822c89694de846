using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Shoal.Libp2p.Pubsub;

/// <summary>The id of a message, compact enough to be a key in the tables that see every message.</summary>
/// <remarks>
/// Ids of up to 47 bytes stand here as they are, with their length in the last byte: author and sequence number of an
/// Ed25519 author take 46. Longer ids stand here as their sha2-256 with 255 in the last byte, so that no two ids can be
/// made to look alike.
/// </remarks>
internal readonly record struct MessageId(ulong A, ulong B, ulong C, ulong D, ulong E, ulong F)
{
    private const int Size = 48;
    private const int LongestInline = Size - 1;
    private const byte Hashed = 255;

    /// <summary>The compact form of an id.</summary>
    internal static MessageId Of(ReadOnlySpan<byte> id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        if (id.Length <= LongestInline)
        {
            id.CopyTo(bytes);
            bytes[^1] = (byte)id.Length;
        }
        else
        {
            SHA256.HashData(id, bytes);
            bytes[^1] = Hashed;
        }

        return new MessageId(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]));
    }

    /// <summary>Seeded anew in each process, so that nobody can fill a table with ids of one hash code.</summary>
    public override int GetHashCode() => HashCode.Combine(A, B, C, D, E, F);
}
