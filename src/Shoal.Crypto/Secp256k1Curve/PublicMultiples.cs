using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Secp256k1Curve;

/// <summary>Sums of multiples of points with public factors: variable time, never for secrets.</summary>
[SkipLocalsInit]
internal static class PublicMultiples
{
    private const int PointWidth = 5;
    private const int BaseWidth = 8;

    private static readonly AffinePoint[] OddBaseMultiples = OddMultiplesOfBase();

    /// <summary>Computes a · point + b · G for numbers of 32 little-endian bytes.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<byte> a, in Point point, ReadOnlySpan<byte> b, out Point result)
    {
        Span<sbyte> aDigits = stackalloc sbyte[WindowedDigits.Count], bDigits = stackalloc sbyte[WindowedDigits.Count];
        WindowedDigits.Write(a, PointWidth, aDigits);
        WindowedDigits.Write(b, BaseWidth, bDigits);
        Span<Point> odd = stackalloc Point[1 << (PointWidth - 2)];
        OddMultiples(point, odd);

        result = default;
        bool started = false;
        for (int i = WindowedDigits.Count - 1; i >= 0; i--)
        {
            int x = aDigits[i], y = bDigits[i];
            if (started) result.Double();
            started |= (x | y) != 0;
            if (x != 0)
            {
                Point multiple = odd[Math.Abs(x) >> 1];
                if (x < 0) multiple.Negate();
                result.Add(multiple);
            }

            if (y != 0)
            {
                AffinePoint multiple = OddBaseMultiples[Math.Abs(y) >> 1];
                if (y < 0) Point.Negate(multiple.Y, out multiple.Y);
                result.Add(multiple);
            }
        }
    }

    private static AffinePoint[] OddMultiplesOfBase()
    {
        var points = new Point[1 << (BaseWidth - 2)];
        OddMultiples(Point.Generator, points);
        return ToAffine(points);
    }

    /// <summary>1, 3, 5, … times a point.</summary>
    private static void OddMultiples(in Point point, Span<Point> points)
    {
        Point twice = point;
        twice.Double();
        points[0] = point;
        for (int i = 1; i < points.Length; i++)
        {
            points[i] = points[i - 1];
            points[i].Add(twice);
        }
    }

    /// <summary>Brings points to Z = 1 with one inversion; none is at infinity.</summary>
    private static AffinePoint[] ToAffine(Point[] points)
    {
        var before = new FieldElement[points.Length];
        FieldElement product = FieldElement.One;
        for (int i = 0; i < points.Length; i++)
        {
            before[i] = product;
            FieldElement.Multiply(product, points[i].Z, out product);
        }

        FieldElement.Invert(product, out FieldElement inverse);
        var result = new AffinePoint[points.Length];
        for (int i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(inverse, before[i], out FieldElement z);
            FieldElement.Multiply(inverse, points[i].Z, out inverse);
            FieldElement.Square(z, out FieldElement zz);
            FieldElement.Multiply(points[i].X, zz, out result[i].X);
            FieldElement.Multiply(zz, z, out zz);
            FieldElement.Multiply(points[i].Y, zz, out result[i].Y);
        }

        return result;
    }
}
