using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Shoal.Crypto;

/// <summary>
/// Arithmetic modulo an odd number m below 2^256 in five limbs of 52 bits, by Montgomery's method with R = 2^260.
/// </summary>
/// <remarks>
/// Time does not depend on values. A product's columns hold sums of high words and of low words below 2^52 each, so nothing overflows
/// and no carry is compared.
/// </remarks>
[SkipLocalsInit]
internal sealed class MontgomeryModulus
{
    /// <summary>Limbs of a number.</summary>
    internal const int Limbs = 5;

    private const int LimbBits = 52;
    private const ulong Mask = (1UL << LimbBits) - 1;

    private readonly ulong[] _m;
    private readonly ulong[] _r;
    private readonly ulong[] _rr;
    private readonly ulong _minusInverse;

    /// <summary>Takes what follows from m, precomputed.</summary>
    /// <param name="m">The modulus.</param>
    /// <param name="r">R modulo m.</param>
    /// <param name="rr">R² modulo m.</param>
    /// <param name="minusInverse">-1/m modulo 2^52.</param>
    internal MontgomeryModulus(ulong[] m, ulong[] r, ulong[] rr, ulong minusInverse)
    {
        _m = m;
        _r = r;
        _rr = rr;
        _minusInverse = minusInverse;
    }

    /// <summary>R modulo m: 1 in Montgomery's form.</summary>
    internal ReadOnlySpan<ulong> R => _r;

    /// <summary>R² modulo m: multiplying by it brings a number into Montgomery's form.</summary>
    internal ReadOnlySpan<ulong> RR => _rr;

    /// <summary>The 52 bits at bit 52·<paramref name="index"/> of a little-endian number; bits beyond its end are zero.</summary>
    internal static ulong LimbAt(ReadOnlySpan<byte> bytes, int index)
    {
        int bit = index * LimbBits, start = bit >> 3;
        if (start + 8 <= bytes.Length) return (BinaryPrimitives.ReadUInt64LittleEndian(bytes[start..]) >> (bit & 7)) & Mask;
        ulong word = 0;
        for (int i = 0; start + i < bytes.Length; i++) word |= (ulong)bytes[start + i] << (8 * i);
        return (word >> (bit & 7)) & Mask;
    }

    /// <summary>Reads 32 little-endian bytes.</summary>
    internal static void Read(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        for (int i = 0; i < Limbs; i++) limbs[i] = LimbAt(bytes, i);
    }

    /// <summary>Writes 32 little-endian bytes of a number below 2^256.</summary>
    internal static void Write(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, limbs[0] | (limbs[1] << 52));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (limbs[1] >> 12) | (limbs[2] << 40));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (limbs[2] >> 24) | (limbs[3] << 28));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (limbs[3] >> 36) | (limbs[4] << 16));
    }

    /// <summary>Zeroes limbs that hold a secret.</summary>
    internal static void Zero(Span<ulong> secret) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret));

    /// <summary>a·b/R modulo m, for a·b below R·m. The result may be one of the factors.</summary>
    internal void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        Span<ulong> t = stackalloc ulong[(2 * Limbs) + 1];
        t.Clear();
        for (int i = 0; i < Limbs; i++) AddProduct(t.Slice(i, Limbs + 1), a[i], b);

        // Each round makes the lowest limb zero by adding a multiple of m, and carries what is above it.
        for (int i = 0; i < Limbs; i++)
        {
            ulong factor = (t[i] * _minusInverse) & Mask;
            AddProduct(t.Slice(i, Limbs + 1), factor, _m);
            t[i + 1] += t[i] >> LimbBits;
        }

        for (int i = 0; i < Limbs; i++)
        {
            ulong limb = t[Limbs + i];
            t[Limbs + i + 1] += limb >> LimbBits;
            result[i] = limb & Mask;
        }

        SubtractOnce(result);
        Zero(t);
    }

    /// <summary>a + b modulo m, of two numbers below m.</summary>
    internal void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            carry += a[i] + b[i];
            result[i] = carry & Mask;
            carry >>= LimbBits;
        }

        SubtractOnce(result);
    }

    /// <summary>1 when the number is below m, else 0.</summary>
    internal ulong IsBelow(ReadOnlySpan<ulong> value)
    {
        ulong borrow = 0;
        for (int i = 0; i < Limbs; i++) borrow = (value[i] - _m[i] - borrow) >> 63;
        return borrow;
    }

    /// <summary>Takes a number below 2m to below m.</summary>
    internal void SubtractOnce(Span<ulong> value)
    {
        Span<ulong> difference = stackalloc ulong[Limbs];
        ulong borrow = 0;
        for (int i = 0; i < Limbs; i++)
        {
            ulong d = value[i] - _m[i] - borrow;
            difference[i] = d & Mask;
            borrow = d >> 63;
        }

        ulong keep = 0UL - borrow;
        for (int i = 0; i < Limbs; i++) value[i] = (value[i] & keep) | (difference[i] & ~keep);
        Zero(difference);
    }

    /// <summary>Adds a·b to six columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProduct(Span<ulong> columns, ulong a, ReadOnlySpan<ulong> b)
    {
        const int lift = 64 - LimbBits;
        for (int j = 0; j < Limbs; j++)
        {
            ulong high = Word.High(a, b[j] << lift);
            columns[j] += (a * b[j]) & Mask;
            columns[j + 1] += high;
        }
    }
}
