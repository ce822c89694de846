using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Secp256k1Curve;

/// <summary>Arithmetic modulo n, the order of the generator (SEC 2, section 2.4.1), on five limbs of 52 bits.</summary>
[SkipLocalsInit]
internal static class Scalar
{
    /// <summary>Bytes of an encoded scalar.</summary>
    internal const int Size = 32;

    internal const int Limbs = MontgomeryModulus.Limbs;

    private const int WindowBits = 4;

    /// <summary>The arithmetic itself.</summary>
    internal static readonly MontgomeryModulus N = new(
        [0x25e8cd0364141, 0xe6af48a03bbfd, 0xffffffebaaedc, 0xfffffffffffff, 0xffffffffffff],
        [0xa1732fc9bebf0, 0x950b75fc4402d, 0x14551231, 0, 0],
        [0xe180c268b3b23, 0x94fd6e33e4c8e, 0xd07c73b975948, 0xc5e697f5e45bc, 0x671cd581c69b],
        0xdff665588b13f);

    /// <summary>n - 2, most significant byte first.</summary>
    private static ReadOnlySpan<byte> NMinusTwo =>
    [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
        0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x3f,
    ];

    /// <summary>n / 2, rounded down, most significant byte first: the largest s that Bitcoin calls low (BIP 62).</summary>
    private static ReadOnlySpan<byte> HalfN =>
    [
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
    ];

    private static ReadOnlySpan<ulong> PMinusN => [0xda1722fc9baee, 0x1950b75fc4402, 0x1455123, 0, 0];

    /// <summary>n as an element of the coordinates' field.</summary>
    internal static FieldElement NAsField => new(0x25e8cd0364141, 0xe6af48a03bbfd, 0xffffffebaaedc, 0xfffffffffffff, 0xffffffffffff);

    /// <summary>True when x = r + n is possible too: when r + n is below p.</summary>
    internal static bool IsBelowPMinusN(ReadOnlySpan<ulong> r)
    {
        for (int i = Limbs - 1; i >= 0; i--)
            if (r[i] != PMinusN[i])
                return r[i] < PMinusN[i];
        return false;
    }

    /// <summary>Reads up to 32 big-endian bytes. False unless the number is 1 to n - 1.</summary>
    internal static bool TryReadNonZero(ReadOnlySpan<byte> bigEndian, Span<ulong> limbs)
    {
        Read(bigEndian, limbs);
        return limbs.ContainsAnyExcept(0UL) && N.IsBelow(limbs) == 1;
    }

    /// <summary>Reads 32 big-endian bytes modulo n.</summary>
    internal static void ReadReduced(ReadOnlySpan<byte> bigEndian, Span<ulong> limbs)
    {
        Read(bigEndian, limbs);
        N.SubtractOnce(limbs);
    }

    /// <summary>True when up to 32 big-endian bytes are at most n / 2.</summary>
    internal static bool IsLow(ReadOnlySpan<byte> bigEndian)
    {
        Span<byte> padded = stackalloc byte[Size];
        padded.Clear();
        bigEndian.CopyTo(padded[(Size - bigEndian.Length)..]);
        return padded.SequenceCompareTo(HalfN) <= 0;
    }

    /// <summary>1 / a in Montgomery's form, of a number below n, as a^(n - 2).</summary>
    internal static void InvertToMontgomery(ReadOnlySpan<ulong> a, Span<ulong> result)
    {
        // Powers 0 to 15, then four squarings and a product per half byte of the exponent, which is public.
        Span<ulong> powers = stackalloc ulong[Limbs << WindowBits];
        N.R.CopyTo(powers);
        N.Multiply(a, N.RR, powers.Slice(Limbs, Limbs));
        for (int i = 2; i < 1 << WindowBits; i++)
            N.Multiply(powers.Slice((i - 1) * Limbs, Limbs), powers.Slice(Limbs, Limbs), powers.Slice(i * Limbs, Limbs));

        N.R.CopyTo(result);
        foreach (byte exponent in NMinusTwo)
        {
            for (int i = 0; i < WindowBits; i++) N.Multiply(result, result, result);
            N.Multiply(result, powers.Slice((exponent >> WindowBits) * Limbs, Limbs), result);
            for (int i = 0; i < WindowBits; i++) N.Multiply(result, result, result);
            N.Multiply(result, powers.Slice((exponent & 15) * Limbs, Limbs), result);
        }
    }

    private static void Read(ReadOnlySpan<byte> bigEndian, Span<ulong> limbs)
    {
        Span<byte> littleEndian = stackalloc byte[Size];
        littleEndian.Clear();
        bigEndian.CopyTo(littleEndian);
        littleEndian[..bigEndian.Length].Reverse();
        MontgomeryModulus.Read(littleEndian, limbs);
    }
}
