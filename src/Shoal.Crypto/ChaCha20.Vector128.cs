using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Shoal.Crypto;

internal static partial class ChaCha20
{
    private const int RowBlocks = 4;

    /// <summary>XORs as many groups of four blocks as there are, and counts the state on.</summary>
    /// <returns>Bytes done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int XorFourBlocks(Span<uint> state, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int done = 0;
        for (; input.Length - done >= RowBlocks * BlockSize; done += RowBlocks * BlockSize)
        {
            // Four blocks have nothing to do with one another, so the processor works on all of them at a time.
            Rows first = new(state, 0), second = new(state, 1), third = new(state, 2), fourth = new(state, 3);
            for (int round = 0; round < DoubleRounds; round++)
            {
                first.DoubleRound();
                second.DoubleRound();
                third.DoubleRound();
                fourth.DoubleRound();
            }

            first.AddAndXor(state, 0, input[done..], output[done..]);
            second.AddAndXor(state, 1, input[(done + BlockSize)..], output[(done + BlockSize)..]);
            third.AddAndXor(state, 2, input[(done + (2 * BlockSize))..], output[(done + (2 * BlockSize))..]);
            fourth.AddAndXor(state, 3, input[(done + (3 * BlockSize))..], output[(done + (3 * BlockSize))..]);
            state[12] += RowBlocks;
        }

        return done;
    }

    private static void BlockOfRows(ReadOnlySpan<uint> state, Span<byte> block)
    {
        Rows rows = new(state, 0);
        for (int round = 0; round < DoubleRounds; round++) rows.DoubleRound();
        block.Clear();
        rows.AddAndXor(state, 0, block, block);
    }

    /// <summary>A block's 4 × 4 words; the second half of a double round works on rows turned by 1, 2 and 3.</summary>
    private struct Rows
    {
        private Vector128<uint> _a, _b, _c, _d;

        /// <summary>The state, so many blocks on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Rows(ReadOnlySpan<uint> state, uint blocks)
        {
            _a = Vector128.Create(state);
            _b = Vector128.Create(state[4..]);
            _c = Vector128.Create(state[8..]);
            _d = Vector128.Create(state[12..]) + Vector128.Create(blocks, 0, 0, 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void DoubleRound()
        {
            QuarterRounds();
            _b = Vector128.Shuffle(_b, Vector128.Create(1u, 2, 3, 0));
            _c = Vector128.Shuffle(_c, Vector128.Create(2u, 3, 0, 1));
            _d = Vector128.Shuffle(_d, Vector128.Create(3u, 0, 1, 2));
            QuarterRounds();
            _b = Vector128.Shuffle(_b, Vector128.Create(3u, 0, 1, 2));
            _c = Vector128.Shuffle(_c, Vector128.Create(2u, 3, 0, 1));
            _d = Vector128.Shuffle(_d, Vector128.Create(1u, 2, 3, 0));
        }

        /// <summary>Adds what the rounds began with, and XORs the block.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly void AddAndXor(ReadOnlySpan<uint> state, uint blocks, ReadOnlySpan<byte> input, Span<byte> output)
        {
            Rows start = new(state, blocks);
            (LittleEndian(_a + start._a) ^ Vector128.Create(input)).CopyTo(output);
            (LittleEndian(_b + start._b) ^ Vector128.Create(input[16..])).CopyTo(output[16..]);
            (LittleEndian(_c + start._c) ^ Vector128.Create(input[32..])).CopyTo(output[32..]);
            (LittleEndian(_d + start._d) ^ Vector128.Create(input[48..])).CopyTo(output[48..]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void QuarterRounds()
        {
            _a += _b;
            _d = RotateLeft(_d ^ _a, 16);
            _c += _d;
            _b = RotateLeft(_b ^ _c, 12);
            _a += _b;
            _d = RotateLeft(_d ^ _a, 8);
            _c += _d;
            _b = RotateLeft(_b ^ _c, 7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateLeft(Vector128<uint> x, int count) => (x << count) | (x >>> (32 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LittleEndian(Vector128<uint> words)
    {
        Vector128<byte> bytes = words.AsByte();
        return BitConverter.IsLittleEndian
            ? bytes
            : Vector128.Shuffle(bytes, Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    }
}
