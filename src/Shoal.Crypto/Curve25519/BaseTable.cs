using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Shoal.Crypto.Curve25519;

/// <summary>Multiples of the generator: secret · B in constant time from a table that is made at first use (about 0.1 ms).</summary>
/// <remarks>
/// The secret is written as 64 digits from -8 to 8, each of weight 16^i. Row i of the table holds 256^i · B times 1 to 8, which
/// serves digit 2i directly and, before four doublings of the sum, digit 2i + 1. A look-up reads the whole row under masks.
/// </remarks>
[SkipLocalsInit]
internal static class BaseTable
{
    private const int Rows = 32;
    private const int Columns = 8;

    private static readonly Entry[] Entries = Build();

    /// <summary>Computes scalar · B for 32 little-endian bytes of a number below 2^255. Leaves T out.</summary>
    internal static void Multiply(ReadOnlySpan<byte> scalar, out EdwardsPoint result)
    {
        Span<sbyte> digits = stackalloc sbyte[2 * Scalar.Size];
        SignedDigits(scalar, digits);
        result = EdwardsPoint.Identity;
        for (int row = 0; row < Rows; row++)
        {
            Select(row, digits[(2 * row) + 1], out AffineNiels odd);
            result.Add(odd, withT: row < Rows - 1);
        }

        for (int i = 0; i < 3; i++) result.Double(withT: false);
        result.Double(withT: true);
        for (int row = 0; row < Rows; row++)
        {
            Select(row, digits[2 * row], out AffineNiels even);
            result.Add(even, withT: row < Rows - 1);
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(digits));
    }

    /// <summary>Digits of base 16 from -8 to 7 (the last one to 8), least significant first.</summary>
    private static void SignedDigits(ReadOnlySpan<byte> scalar, Span<sbyte> digits)
    {
        int carry = 0;
        for (int i = 0; i < Scalar.Size; i++)
        {
            int low = (scalar[i] & 15) + carry;
            carry = (low + 8) >> 4;
            digits[2 * i] = (sbyte)(low - (carry << 4));
            int high = (scalar[i] >> 4) + carry;
            carry = (high + 8) >> 4;
            digits[(2 * i) + 1] = (sbyte)(high - (carry << 4));
        }

        digits[^1] += (sbyte)(carry << 4);
    }

    /// <summary>digit · 256^row · B. Reads every entry of the row, takes the one wanted, negates under a mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Select(int row, int digit, out AffineNiels result)
    {
        int negative = digit >> 31;
        uint size = (uint)((digit ^ negative) - negative);

        // Digit 0 takes the neutral element: y + x = y - x = 1, x y = 0.
        Vector256<ulong> v0 = default, v1 = default, v2 = default, v3 = default;
        ref Entry entry = ref Entries[row * Columns];
        for (uint i = 1; i <= Columns; i++)
        {
            Vector256<ulong> take = Vector256.Create(EqualMask(i, size));
            v0 |= entry.V0 & take;
            v1 |= entry.V1 & take;
            v2 |= entry.V2 & take;
            v3 |= entry.V3 & take;
            entry = ref Unsafe.Add(ref entry, 1);
        }

        var chosen = new Entry { V0 = v0, V1 = v1, V2 = v2, V3 = v3 };
        result = chosen.Point;
        FieldElement one = FieldElement.One;
        ulong zero = EqualMask(0, size);
        result.YPlusX.Assign(one, zero);
        result.YMinusX.Assign(one, zero);

        ulong negate = (ulong)(long)negative;
        FieldElement.Swap(ref result.YPlusX, ref result.YMinusX, negate);
        FieldElement.Negate(result.XY2D, out FieldElement opposite);
        result.XY2D.Assign(opposite, negate);
    }

    /// <summary>All ones when equal, else zero, for numbers below 2^31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong EqualMask(uint a, uint b) => 0UL - ((((ulong)(a ^ b)) - 1) >> 63);

    private static Entry[] Build()
    {
        var points = new EdwardsPoint[Rows * Columns];
        EdwardsPoint first = EdwardsPoint.Base;
        for (int row = 0; row < Rows; row++)
        {
            ProjectiveNiels.From(first, out ProjectiveNiels step);
            EdwardsPoint multiple = first;
            points[row * Columns] = multiple;
            for (int i = 1; i < Columns; i++)
            {
                multiple.Add(step, withT: true);
                points[(row * Columns) + i] = multiple;
            }

            // 8 · first to 256 · first.
            for (int i = 0; i < 5; i++) multiple.Double(withT: i == 4);
            first = multiple;
        }

        AffineNiels[] affine = AffineNiels.From(points);
        Entry[] entries = GC.AllocateUninitializedArray<Entry>(affine.Length, pinned: true);
        for (int i = 0; i < affine.Length; i++) entries[i] = new Entry { Point = affine[i] };
        return entries;
    }

    /// <summary>A prepared point, and the same 120 bytes (and 8 unused) as vectors.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Entry
    {
        [FieldOffset(0)] internal AffineNiels Point;
        [FieldOffset(0)] internal Vector256<ulong> V0;
        [FieldOffset(32)] internal Vector256<ulong> V1;
        [FieldOffset(64)] internal Vector256<ulong> V2;
        [FieldOffset(96)] internal Vector256<ulong> V3;
    }
}
