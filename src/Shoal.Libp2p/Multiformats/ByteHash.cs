using System.Buffers.Binary;
using System.Numerics;

namespace Shoal.Libp2p.Multiformats;

/// <summary>Hash codes of byte strings, for dictionaries.</summary>
/// <remarks>
/// The same in every process, unlike <see cref="HashCode"/>, so that a run on the simulated network repeats itself.
/// An adversary can make values collide: what is keyed by them has to be bounded anyway, and then it costs little.
/// </remarks>
internal static class ByteHash
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio

    internal static int Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Odd;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = (BitOperations.RotateLeft(hash, 29) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Odd;

        ulong rest = 0;
        foreach (byte b in bytes) rest = (rest << 8) | b;
        hash = (BitOperations.RotateLeft(hash, 29) ^ rest) * Odd;
        return (int)((hash ^ (hash >> 32)) & 0xffff_ffff);
    }
}
