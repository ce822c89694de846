using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Shoal.Crypto;

internal static partial class ChaCha20
{
    private const int Lanes = 8;
    private const int EightBlocks = Lanes * BlockSize;

    /// <summary>XORs as many groups of eight blocks as there are, and counts the state on. Needs AVX2.</summary>
    /// <returns>Bytes done.</returns>
    private static int XorEightBlocks(Span<uint> state, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int done = 0;
        for (; input.Length - done >= EightBlocks; done += EightBlocks)
        {
            XorEightBlocks(ref state[0], input.Slice(done, EightBlocks), output.Slice(done, EightBlocks));
            state[12] += Lanes;
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void XorEightBlocks(ref uint state, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Vector256<uint> x0 = Word(ref state, 0), x1 = Word(ref state, 1), x2 = Word(ref state, 2), x3 = Word(ref state, 3);
        Vector256<uint> x4 = Word(ref state, 4), x5 = Word(ref state, 5), x6 = Word(ref state, 6), x7 = Word(ref state, 7);
        Vector256<uint> x8 = Word(ref state, 8), x9 = Word(ref state, 9), x10 = Word(ref state, 10), x11 = Word(ref state, 11);
        Vector256<uint> counters = Word(ref state, 12) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
        Vector256<uint> x12 = counters, x13 = Word(ref state, 13), x14 = Word(ref state, 14), x15 = Word(ref state, 15);

        for (int round = 0; round < DoubleRounds; round++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x1, ref x5, ref x9, ref x13);
            QuarterRound(ref x2, ref x6, ref x10, ref x14);
            QuarterRound(ref x3, ref x7, ref x11, ref x15);
            QuarterRound(ref x0, ref x5, ref x10, ref x15);
            QuarterRound(ref x1, ref x6, ref x11, ref x12);
            QuarterRound(ref x2, ref x7, ref x8, ref x13);
            QuarterRound(ref x3, ref x4, ref x9, ref x14);
        }

        x0 += Word(ref state, 0);
        x1 += Word(ref state, 1);
        x2 += Word(ref state, 2);
        x3 += Word(ref state, 3);
        x4 += Word(ref state, 4);
        x5 += Word(ref state, 5);
        x6 += Word(ref state, 6);
        x7 += Word(ref state, 7);
        XorHalves(x0, x1, x2, x3, x4, x5, x6, x7, input, output);
        x8 += Word(ref state, 8);
        x9 += Word(ref state, 9);
        x10 += Word(ref state, 10);
        x11 += Word(ref state, 11);
        x12 += counters;
        x13 += Word(ref state, 13);
        x14 += Word(ref state, 14);
        x15 += Word(ref state, 15);
        XorHalves(x8, x9, x10, x11, x12, x13, x14, x15, input[(BlockSize / 2)..], output[(BlockSize / 2)..]);
    }

    /// <summary>Turns eight words of eight blocks into half a block each, and XORs those.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorHalves(
        Vector256<uint> w0, Vector256<uint> w1, Vector256<uint> w2, Vector256<uint> w3,
        Vector256<uint> w4, Vector256<uint> w5, Vector256<uint> w6, Vector256<uint> w7,
        ReadOnlySpan<byte> input, Span<byte> output)
    {
        // Words 0 to 3 of block b (low 128 bits) and block b + 4 (high), then words 4 to 7 of the same.
        Interleave(w0, w1, w2, w3, out Vector256<uint> a0, out Vector256<uint> a1, out Vector256<uint> a2, out Vector256<uint> a3);
        Interleave(w4, w5, w6, w7, out Vector256<uint> b0, out Vector256<uint> b1, out Vector256<uint> b2, out Vector256<uint> b3);
        XorHalf(0, Avx2.Permute2x128(a0, b0, 0x20), input, output);
        XorHalf(1, Avx2.Permute2x128(a1, b1, 0x20), input, output);
        XorHalf(2, Avx2.Permute2x128(a2, b2, 0x20), input, output);
        XorHalf(3, Avx2.Permute2x128(a3, b3, 0x20), input, output);
        XorHalf(4, Avx2.Permute2x128(a0, b0, 0x31), input, output);
        XorHalf(5, Avx2.Permute2x128(a1, b1, 0x31), input, output);
        XorHalf(6, Avx2.Permute2x128(a2, b2, 0x31), input, output);
        XorHalf(7, Avx2.Permute2x128(a3, b3, 0x31), input, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(
        Vector256<uint> w0, Vector256<uint> w1, Vector256<uint> w2, Vector256<uint> w3,
        out Vector256<uint> r0, out Vector256<uint> r1, out Vector256<uint> r2, out Vector256<uint> r3)
    {
        Vector256<ulong> low01 = Avx2.UnpackLow(w0, w1).AsUInt64(), high01 = Avx2.UnpackHigh(w0, w1).AsUInt64();
        Vector256<ulong> low23 = Avx2.UnpackLow(w2, w3).AsUInt64(), high23 = Avx2.UnpackHigh(w2, w3).AsUInt64();
        r0 = Avx2.UnpackLow(low01, low23).AsUInt32();
        r1 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        r2 = Avx2.UnpackLow(high01, high23).AsUInt32();
        r3 = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void XorHalf(int block, Vector256<uint> keyStream, ReadOnlySpan<byte> input, Span<byte> output) =>
        (Vector256.Create(input[(block * BlockSize)..]) ^ keyStream.AsByte()).CopyTo(output[(block * BlockSize)..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Word(ref uint state, int index) => Vector256.Create(Unsafe.Add(ref state, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
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
    private static Vector256<uint> RotateLeft(Vector256<uint> x, int count) => (x << count) | (x >>> (32 - count));
}
