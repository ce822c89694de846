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
/// Three ways to the same bytes: eight blocks at once in 256-bit vectors, a word of all eight in each; one block in four 128-bit
/// rows; one block in words. Only additions, XORs and rotations by constants, so time does not depend on key or data.
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

        if (path is Path.Best or Path.Vector256 && Avx2.IsSupported)
        {
            int done = XorEightBlocks(state, input, output);
            input = input[done..];
            output = output[done..];
        }

        bool rows = path is not Path.Scalar && Vector128.IsHardwareAccelerated;
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
        Span<uint> x = stackalloc uint[Words];
        state.CopyTo(x);
        for (int round = 0; round < DoubleRounds; round++)
        {
            QuarterRound(ref x[0], ref x[4], ref x[8], ref x[12]);
            QuarterRound(ref x[1], ref x[5], ref x[9], ref x[13]);
            QuarterRound(ref x[2], ref x[6], ref x[10], ref x[14]);
            QuarterRound(ref x[3], ref x[7], ref x[11], ref x[15]);
            QuarterRound(ref x[0], ref x[5], ref x[10], ref x[15]);
            QuarterRound(ref x[1], ref x[6], ref x[11], ref x[12]);
            QuarterRound(ref x[2], ref x[7], ref x[8], ref x[13]);
            QuarterRound(ref x[3], ref x[4], ref x[9], ref x[14]);
        }

        for (int i = 0; i < Words; i++) BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * i)..], x[i] + state[i]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(x));
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
