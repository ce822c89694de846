using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>Sums of multiples of points with public factors: variable time, never for secrets.</summary>
[SkipLocalsInit]
internal static class NonAdjacentForm
{
    private const int Digits = 256;
    private const int PointWidth = 5;
    private const int BaseWidth = 8;

    private static readonly AffineNiels[] OddBaseMultiples = AffineNiels.From(OddMultiples(EdwardsPoint.Base, 1 << (BaseWidth - 2)));

    /// <summary>Computes a · point + b · B for numbers a and b below 2^253.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<byte> a, in EdwardsPoint point, ReadOnlySpan<byte> b, out EdwardsPoint result)
    {
        Span<sbyte> aDigits = stackalloc sbyte[Digits], bDigits = stackalloc sbyte[Digits];
        Write(a, PointWidth, aDigits);
        Write(b, BaseWidth, bDigits);
        Span<ProjectiveNiels> odd = stackalloc ProjectiveNiels[1 << (PointWidth - 2)];
        OddMultiples(point, odd);

        int i = Digits - 1;
        while (i >= 0 && (aDigits[i] | bDigits[i]) == 0) i--;
        result = EdwardsPoint.Identity;
        for (; i >= 0; i--)
        {
            int x = aDigits[i], y = bDigits[i];
            result.Double(withT: (x | y) != 0);
            if (x > 0) result.Add(odd[x >> 1], withT: y != 0);
            else if (x < 0) result.Subtract(odd[-x >> 1], withT: y != 0);
            if (y > 0) result.Add(OddBaseMultiples[y >> 1], withT: false);
            else if (y < 0) result.Subtract(OddBaseMultiples[-y >> 1], withT: false);
        }
    }

    /// <summary>
    /// Writes a number below 2^253 as digits of weight 2^i, each zero or odd and below 2^(width - 1) in size; of
    /// <paramref name="width"/> neighbours at most one is not zero.
    /// </summary>
    private static void Write(ReadOnlySpan<byte> number, int width, Span<sbyte> digits)
    {
        Span<ulong> words = stackalloc ulong[5];
        for (int i = 0; i < 4; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(number[(8 * i)..]);
        words[4] = 0;

        digits.Clear();
        int mask = (1 << width) - 1, carry = 0;
        for (int position = 0; position < Digits;)
        {
            int word = position >> 6, bit = position & 63;
            ulong window = words[word] >> bit;
            if (bit > 64 - width) window |= words[word + 1] << (64 - bit);
            int digit = ((int)window & mask) + carry;
            if ((digit & 1) == 0)
            {
                position++;
                continue;
            }

            carry = digit >> (width - 1);
            digits[position] = (sbyte)(digit - (carry << width));
            position += width;
        }
    }

    private static void OddMultiples(in EdwardsPoint point, Span<ProjectiveNiels> odd)
    {
        EdwardsPoint[] points = OddMultiples(point, odd.Length);
        for (int i = 0; i < odd.Length; i++) ProjectiveNiels.From(points[i], out odd[i]);
    }

    /// <summary>1, 3, 5, … times a point.</summary>
    private static EdwardsPoint[] OddMultiples(in EdwardsPoint point, int count)
    {
        var points = new EdwardsPoint[count];
        EdwardsPoint multiple = point;
        multiple.Double(withT: true);
        ProjectiveNiels.From(multiple, out ProjectiveNiels twice);
        points[0] = multiple = point;
        for (int i = 1; i < count; i++)
        {
            multiple.Add(twice, withT: true);
            points[i] = multiple;
        }

        return points;
    }
}
