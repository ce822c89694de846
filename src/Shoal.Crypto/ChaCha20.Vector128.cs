using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Shoal.Crypto;

internal static partial class ChaCha20
{
    /// <summary>One block, its 4 × 4 words as four rows; the second half of a double round works on rows turned by 1, 2 and 3.</summary>
    private static void BlockOfRows(ReadOnlySpan<uint> state, Span<byte> block)
    {
        Vector128<uint> a0 = Vector128.Create(state), b0 = Vector128.Create(state[4..]);
        Vector128<uint> c0 = Vector128.Create(state[8..]), d0 = Vector128.Create(state[12..]);
        Vector128<uint> a = a0, b = b0, c = c0, d = d0;
        for (int round = 0; round < DoubleRounds; round++)
        {
            QuarterRounds(ref a, ref b, ref c, ref d);
            b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
            c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
            d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
            QuarterRounds(ref a, ref b, ref c, ref d);
            b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
            c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
            d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
        }

        LittleEndian(a + a0).CopyTo(block);
        LittleEndian(b + b0).CopyTo(block[16..]);
        LittleEndian(c + c0).CopyTo(block[32..]);
        LittleEndian(d + d0).CopyTo(block[48..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRounds(ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d)
    {
        a += b;
        d = RotateLeft(d ^ a, 16);
        c += d;
        b = RotateLeft(b ^ c, 12);
        a += b;
        d = RotateLeft(d ^ a, 8);
        c += d;
        b = RotateLeft(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateLeft(Vector128<uint> x, int count) => (x << count) | (x >>> (32 - count));

    private static Vector128<byte> LittleEndian(Vector128<uint> words)
    {
        Vector128<byte> bytes = words.AsByte();
        return BitConverter.IsLittleEndian
            ? bytes
            : Vector128.Shuffle(bytes, Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    }
}
