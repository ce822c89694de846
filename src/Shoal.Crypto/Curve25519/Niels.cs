using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>A point with Z = 1, prepared for adding: y + x, y - x and 2 d x y, all tight.</summary>
[SkipLocalsInit]
internal struct AffineNiels
{
    internal FieldElement YPlusX, YMinusX, XY2D;

    /// <summary>Prepares a point whose 1/Z is known.</summary>
    internal static void From(in EdwardsPoint point, in FieldElement inverseZ, out AffineNiels result)
    {
        FieldElement.Multiply(point.X, inverseZ, out FieldElement x);
        FieldElement.Multiply(point.Y, inverseZ, out FieldElement y);
        FieldElement.Add(y, x, out result.YPlusX);
        result.YPlusX.Carry();
        FieldElement.Subtract(y, x, out result.YMinusX);
        result.YMinusX.Carry();
        FieldElement.Multiply(x, y, out result.XY2D);
        FieldElement.Multiply(result.XY2D, EdwardsPoint.TwoD, out result.XY2D);
    }

    /// <summary>Prepares many points with one inversion. Variable time; no point's Z is zero.</summary>
    internal static AffineNiels[] From(ReadOnlySpan<EdwardsPoint> points)
    {
        // before[i] is the product of all Z before i; walking back peels one inverse off after the other.
        var before = new FieldElement[points.Length];
        FieldElement product = FieldElement.One;
        for (int i = 0; i < points.Length; i++)
        {
            before[i] = product;
            FieldElement.Multiply(product, points[i].Z, out product);
        }

        FieldElement.Invert(product, out FieldElement inverse);
        var result = new AffineNiels[points.Length];
        for (int i = points.Length - 1; i >= 0; i--)
        {
            FieldElement.Multiply(inverse, before[i], out FieldElement inverseZ);
            From(points[i], inverseZ, out result[i]);
            FieldElement.Multiply(inverse, points[i].Z, out inverse);
        }

        return result;
    }
}

/// <summary>A point prepared for adding: Y + X, Y - X, Z and 2 d T, all tight.</summary>
[SkipLocalsInit]
internal struct ProjectiveNiels
{
    internal FieldElement YPlusX, YMinusX, Z, T2D;

    /// <summary>Prepares a point.</summary>
    internal static void From(in EdwardsPoint point, out ProjectiveNiels result)
    {
        FieldElement.Add(point.Y, point.X, out result.YPlusX);
        result.YPlusX.Carry();
        FieldElement.Subtract(point.Y, point.X, out result.YMinusX);
        result.YMinusX.Carry();
        result.Z = point.Z;
        FieldElement.Multiply(point.T, EdwardsPoint.TwoD, out result.T2D);
    }
}
