using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>Sums of multiples of points with public factors: variable time, never for secrets.</summary>
[SkipLocalsInit]
internal static class PublicMultiples
{
    private const int PointWidth = 5;
    private const int BaseWidth = 8;

    private static readonly AffineNiels[] OddBaseMultiples = OddMultiplesOfBase();

    /// <summary>Computes a · point + b · B for numbers of 32 little-endian bytes. Leaves T out.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<byte> a, in EdwardsPoint point, ReadOnlySpan<byte> b, out EdwardsPoint result)
    {
        Span<sbyte> aDigits = stackalloc sbyte[WindowedDigits.Count], bDigits = stackalloc sbyte[WindowedDigits.Count];
        WindowedDigits.Write(a, PointWidth, aDigits);
        WindowedDigits.Write(b, BaseWidth, bDigits);
        Span<ProjectiveNiels> odd = stackalloc ProjectiveNiels[1 << (PointWidth - 2)];
        OddMultiples(point, odd);

        int i = WindowedDigits.Count - 1;
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

    /// <summary>1, 3, 5, … times a point, prepared for adding.</summary>
    private static void OddMultiples(in EdwardsPoint point, Span<ProjectiveNiels> odd)
    {
        Span<EdwardsPoint> points = stackalloc EdwardsPoint[1 << (PointWidth - 2)];
        OddMultiples(point, points);
        for (int i = 0; i < odd.Length; i++) ProjectiveNiels.From(points[i], out odd[i]);
    }

    private static AffineNiels[] OddMultiplesOfBase()
    {
        var points = new EdwardsPoint[1 << (BaseWidth - 2)];
        OddMultiples(EdwardsPoint.Base, points);
        return AffineNiels.From(points);
    }

    /// <summary>1, 3, 5, … times a point.</summary>
    private static void OddMultiples(in EdwardsPoint point, Span<EdwardsPoint> points)
    {
        EdwardsPoint multiple = point;
        multiple.Double(withT: true);
        ProjectiveNiels.From(multiple, out ProjectiveNiels twice);
        points[0] = multiple = point;
        for (int i = 1; i < points.Length; i++)
        {
            multiple.Add(twice, withT: true);
            points[i] = multiple;
        }
    }
}
