using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Shoal.Crypto;

/// <summary>The ChaCha20 stream cipher (RFC 8439, section 2.4).</summary>
/// <remarks>
/// Three ways to the same bytes: eight blocks at once in 256-bit vectors, a word of all eight in each; blocks in four 128-bit rows,
/// four blocks interleaved; one block in words. Only additions, XORs and rotations by constants, so time does not depend on key or data.
/// </remarks>
internal static partial class ChaCha20
{
    /// <summary>Bytes of a block.</summary>
    internal const int BlockSize = 64;

    private const int Words = 16;
    private const int DoubleRounds = 10;

    /// <summary>Which of the three ways to take.</summary>
    internal enum Path
    {
        /// <summary>The widest one that the processor has.</summary>
        Best,

        /// <summary>256-bit vectors, where the processor has them.</summary>
        Vector256,

        /// <summary>128-bit vectors, as in the browser.</summary>
        Vector128,

        /// <summary>32-bit words.</summary>
        Scalar,
    }

    /// <summary>XORs the key stream into <paramref name="input"/>. <paramref name="output"/> may be the same memory.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">12 bytes.</param>
    /// <param name="counter">Number of the first block.</param>
    /// <param name="input">Any number of bytes.</param>
    /// <param name="output">At least as many.</param>
    /// <param name="path">For tests: a way that the processor offers.</param>
    internal static void Xor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, uint counter, ReadOnlySpan<byte> input, Span<byte> output, Path path = Path.Best)
    {
        Span<uint> state = stackalloc uint[Words];
        state[0] = 0x61707865; // "expand 32-byte k"
        state[1] = 0x3320646e;
        state[2] = 0x79622d32;
        state[3] = 0x6b206574;
        for (int i = 0; i < 8; i++) state[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        state[12] = counter;
        for (int i = 0; i < 3; i++) state[13 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(4 * i)..]);

        bool rows = path is not Path.Scalar && Vector128.IsHardwareAccelerated;
        int done = 0;
        if (path is Path.Best or Path.Vector256 && Avx2.IsSupported) done = XorEightBlocks(state, input, output);
        if (rows) done += XorFourBlocks(state, input[done..], output[done..]);
        input = input[done..];
        output = output[done..];

        Span<byte> block = stackalloc byte[BlockSize];
        while (input.Length > 0)
        {
            if (rows) BlockOfRows(state, block);
            else BlockOfWords(state, block);
            state[12]++;
            int length = Math.Min(BlockSize, input.Length);
            XorBlock(block, input[..length], output);
            input = input[length..];
            output = output[length..];
        }

        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(state));
    }

    private static void XorBlock(ReadOnlySpan<byte> block, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int i = 0;
        if (input.Length == BlockSize)
        {
            for (; i < BlockSize; i += Vector128<byte>.Count)
                (Vector128.Create(input[i..]) ^ Vector128.Create(block[i..])).CopyTo(output[i..]);
        }

        for (; i < input.Length; i++) output[i] = (byte)(input[i] ^ block[i]);
    }

    private static void BlockOfWords(ReadOnlySpan<uint> state, Span<byte> block)
    {
        uint x0 = state[0], x1 = state[1], x2 = state[2], x3 = state[3], x4 = state[4], x5 = state[5], x6 = state[6], x7 = state[7];
        uint x8 = state[8], x9 = state[9], x10 = state[10], x11 = state[11], x12 = state[12], x13 = state[13], x14 = state[14], x15 = state[15];
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

        ReadOnlySpan<uint> words = [x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15];
        for (int i = 0; i < Words; i++) BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * i)..], words[i] + state[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 16);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 12);
        a += b;
        d = BitOperations.RotateLeft(d ^ a, 8);
        c += d;
        b = BitOperations.RotateLeft(b ^ c, 7);
    }
}
