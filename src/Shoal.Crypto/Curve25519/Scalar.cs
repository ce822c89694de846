using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Shoal.Crypto.Curve25519;

/// <summary>
/// Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the generator. A scalar is 32
/// little-endian bytes outside and five limbs of 52 bits inside.
/// </summary>
/// <remarks>
/// Time does not depend on values. Products are reduced by Montgomery's method with R = 2^260. Their columns hold sums of
/// high words and of low words below 2^52 each, so nothing overflows and no carry is compared.
/// </remarks>
[SkipLocalsInit]
internal static class Scalar
{
    /// <summary>Bytes of an encoded scalar.</summary>
    internal const int Size = 32;

    private const int Limbs = 5;
    private const int LimbBits = 52;
    private const ulong Mask = (1UL << LimbBits) - 1;

    /// <summary>-1/L modulo 2^52.</summary>
    private const ulong MinusInverseL = 0x51da312547e1b;

    private static ReadOnlySpan<ulong> L => [0x2631a5cf5d3ed, 0xdea2f79cd6581, 0x14def9, 0, 0x100000000000];

    /// <summary>R modulo L.</summary>
    private static ReadOnlySpan<ulong> R => [0xf48bd6721e6ed, 0x3bab5ac67e45a, 0xfffffeb35e51b, 0xfffffffffffff, 0xfffffffffff];

    /// <summary>R² modulo L.</summary>
    private static ReadOnlySpan<ulong> RR => [0x9d265e952d13b, 0xd63c715bea69f, 0x5be65cb687604, 0x3dceec73d217f, 0x9411b7c309a];

    private static ReadOnlySpan<byte> LBytes =>
    [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    /// <summary>True when 32 little-endian bytes are a number below L. Variable time: signatures are public.</summary>
    internal static bool IsCanonical(ReadOnlySpan<byte> bytes)
    {
        for (int i = Size - 1; i >= 0; i--)
            if (bytes[i] != LBytes[i])
                return bytes[i] < LBytes[i];
        return false;
    }

    /// <summary>Reduces 64 little-endian bytes, a SHA-512 digest, to 32.</summary>
    internal static void Reduce(ReadOnlySpan<byte> wide, Span<byte> result)
    {
        Span<ulong> low = stackalloc ulong[Limbs], high = stackalloc ulong[Limbs];
        for (int i = 0; i < Limbs; i++)
        {
            low[i] = LimbAt(wide, i);
            high[i] = LimbAt(wide, i + Limbs);
        }

        // low + high·2^260, each as a Montgomery product.
        MultiplyMontgomery(low, R, low);
        MultiplyMontgomery(high, RR, high);
        Add(low, high, low);
        Write(low, result);
        Zero(low);
        Zero(high);
    }

    /// <summary>a·b + c modulo L, of three scalars of 32 bytes; a and b may be any 255-bit numbers, c is below L.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[Limbs], y = stackalloc ulong[Limbs], z = stackalloc ulong[Limbs];
        for (int i = 0; i < Limbs; i++)
        {
            x[i] = LimbAt(a, i);
            y[i] = LimbAt(b, i);
            z[i] = LimbAt(c, i);
        }

        MultiplyMontgomery(x, y, x);
        MultiplyMontgomery(x, RR, x);
        Add(x, z, x);
        Write(x, result);
        Zero(x);
        Zero(y);
        Zero(z);
    }

    /// <summary>The 52 bits at bit 52·<paramref name="index"/> of a little-endian number; bits beyond its end are zero.</summary>
    private static ulong LimbAt(ReadOnlySpan<byte> bytes, int index)
    {
        int bit = index * LimbBits, start = bit >> 3;
        ulong word = 0;
        for (int i = 0; i < 8 && start + i < bytes.Length; i++) word |= (ulong)bytes[start + i] << (8 * i);
        return (word >> (bit & 7)) & Mask;
    }

    private static void Write(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, limbs[0] | (limbs[1] << 52));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (limbs[1] >> 12) | (limbs[2] << 40));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (limbs[2] >> 24) | (limbs[3] << 28));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (limbs[3] >> 36) | (limbs[4] << 16));
    }

    /// <summary>a·b/R modulo L, for a·b below R·L.</summary>
    private static void MultiplyMontgomery(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        Span<ulong> t = stackalloc ulong[(2 * Limbs) + 1];
        t.Clear();
        for (int i = 0; i < Limbs; i++) AddProduct(t[i..], a[i], b);

        // Each round makes the lowest limb zero by adding a multiple of L, and carries what is above it.
        ReadOnlySpan<ulong> l = L;
        for (int i = 0; i < Limbs; i++)
        {
            ulong factor = (t[i] * MinusInverseL) & Mask;
            AddProduct(t[i..], factor, l);
            t[i + 1] += t[i] >> LimbBits;
        }

        for (int i = 0; i < Limbs; i++)
        {
            ulong limb = t[Limbs + i];
            t[Limbs + i + 1] += limb >> LimbBits;
            result[i] = limb & Mask;
        }

        SubtractLOnce(result);
        Zero(t);
    }

    /// <summary>Adds a·b to a row of columns, of which the first five and the one above take part.</summary>
    private static void AddProduct(Span<ulong> columns, ulong a, ReadOnlySpan<ulong> b)
    {
        const int lift = 64 - LimbBits;
        for (int j = 0; j < Limbs; j++)
        {
            ulong high = Math.BigMul(a, b[j] << lift, out ulong low);
            columns[j] += low >> lift;
            columns[j + 1] += high;
        }
    }

    private static void Add(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> result)
    {
        ulong carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            carry += a[i] + b[i];
            result[i] = carry & Mask;
            carry >>= LimbBits;
        }

        SubtractLOnce(result);
    }

    /// <summary>Takes a number below 2 L to below L.</summary>
    private static void SubtractLOnce(Span<ulong> value)
    {
        ReadOnlySpan<ulong> l = L;
        Span<ulong> difference = stackalloc ulong[Limbs];
        ulong borrow = 0;
        for (int i = 0; i < Limbs; i++)
        {
            ulong d = value[i] - l[i] - borrow;
            difference[i] = d & Mask;
            borrow = d >> 63;
        }

        ulong keep = 0UL - borrow;
        for (int i = 0; i < Limbs; i++) value[i] = (value[i] & keep) | (difference[i] & ~keep);
        Zero(difference);
    }

    private static void Zero(Span<ulong> secret) =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret));
}
