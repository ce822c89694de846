using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>
/// A point of the curve -x² + y² = 1 + d x² y² (RFC 8032, section 5.1) in extended coordinates: x = X/Z, y = Y/Z, x y = T/Z.
/// </summary>
/// <remarks>
/// Additions and doublings are complete: they need no special case for any pair of points, and take the same time for all of them.
/// Coordinates are tight field elements. Doubling never reads T, so an operation that a doubling follows may leave it out.
/// </remarks>
[SkipLocalsInit]
internal struct EdwardsPoint
{
    internal FieldElement X, Y, Z, T;

    /// <summary>The neutral element (0, 1).</summary>
    internal static EdwardsPoint Identity => new() { Y = FieldElement.One, Z = FieldElement.One };

    /// <summary>The generator B of RFC 8032.</summary>
    internal static EdwardsPoint Base => new()
    {
        X = new(0x62d608f25d51a, 0x412a4b4f6592a, 0x75b7171a4b31d, 0x1ff60527118fe, 0x216936d3cd6e5),
        Y = new(0x6666666666658, 0x4cccccccccccc, 0x1999999999999, 0x3333333333333, 0x6666666666666),
        Z = FieldElement.One,
        T = new(0x68ab3a5b7dda3, 0xeea2a5eadbb, 0x2af8df483c27e, 0x332b375274732, 0x67875f0fd78b7),
    };

    /// <summary>The curve's d = -121665/121666.</summary>
    internal static FieldElement D => new(0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff);

    /// <summary>2 d.</summary>
    internal static FieldElement TwoD => new(0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff);

    /// <summary>
    /// Reads an encoded point. False when y is not below p, when no x belongs to it, or when x = 0 is marked negative:
    /// every point has exactly one encoding. Variable time.
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out EdwardsPoint point)
    {
        point = default;
        FieldElement.Read(bytes, out point.Y);
        Span<byte> canonical = stackalloc byte[FieldElement.Size];
        point.Y.Write(canonical);
        ulong sign = (ulong)bytes[31] >> 7;
        canonical[31] |= (byte)(sign << 7);
        if (!canonical.SequenceEqual(bytes[..FieldElement.Size])) return false;

        // x² = (y² - 1) / (d y² + 1)
        point.Z = FieldElement.One;
        FieldElement.Square(point.Y, out FieldElement yy);
        FieldElement.Subtract(yy, point.Z, out FieldElement u);
        u.Carry();
        FieldElement.Multiply(yy, D, out FieldElement v);
        FieldElement.Add(v, point.Z, out v);
        if (!FieldElement.TrySqrtRatio(u, v, out point.X)) return false;
        if (point.X.IsZero() == 1 && sign == 1) return false;
        if (point.X.Sign() != sign) FieldElement.Negate(point.X, out point.X);

        FieldElement.Multiply(point.X, point.Y, out point.T);
        return true;
    }

    /// <summary>Writes y in 32 little-endian bytes, with the sign of x as the topmost bit.</summary>
    internal readonly void Write(Span<byte> bytes)
    {
        FieldElement.Invert(Z, out FieldElement inverse);
        FieldElement.Multiply(X, inverse, out FieldElement x);
        FieldElement.Multiply(Y, inverse, out FieldElement y);
        y.Write(bytes);
        bytes[31] ^= (byte)(x.Sign() << 7);
    }

    /// <summary>Writes the u coordinate of the same point on the Montgomery curve: (Z + Y) / (Z - Y) (RFC 7748, section 4.1).</summary>
    internal readonly void WriteMontgomery(Span<byte> bytes)
    {
        FieldElement.Add(Z, Y, out FieldElement numerator);
        FieldElement.Subtract(Z, Y, out FieldElement denominator);
        FieldElement.Invert(denominator, out denominator);
        FieldElement.Multiply(numerator, denominator, out FieldElement u);
        u.Write(bytes);
    }

    /// <summary>True when the point has order 1, 2, 4 or 8. Variable time.</summary>
    internal readonly bool HasSmallOrder()
    {
        EdwardsPoint p = this;
        for (int i = 0; i < 3; i++) p.Double(withT: false);
        return p.IsIdentity();
    }

    /// <summary>True for the neutral element. Variable time.</summary>
    internal readonly bool IsIdentity() => X.IsZero() == 1 && FieldElement.AreEqual(Y, Z) == 1;

    /// <summary>Makes this -this.</summary>
    internal void Negate()
    {
        FieldElement.Negate(X, out X);
        FieldElement.Negate(T, out T);
    }

    /// <summary>Makes this 2 · this (dbl-2008-hwcd with E, F, G, H negated in pairs).</summary>
    internal void Double(bool withT)
    {
        FieldElement.Square(X, out FieldElement a);
        FieldElement.Square(Y, out FieldElement b);
        FieldElement.Square(Z, out FieldElement c);
        FieldElement.Add(X, Y, out FieldElement e);
        FieldElement.Square(e, out e);

        FieldElement.Add(a, b, out FieldElement h);
        FieldElement.SubtractLoose(e, h, out e);
        FieldElement.Subtract(b, a, out FieldElement g);
        FieldElement.Add(c, c, out FieldElement f);
        FieldElement.SubtractLoose(f, g, out f);
        Complete(e, f, g, h, withT);
    }

    /// <summary>Adds a point of a table of affine points (madd-2008-hwcd-3). Needs T.</summary>
    internal void Add(in AffineNiels other, bool withT)
    {
        FieldElement.Subtract(Y, X, out FieldElement a);
        FieldElement.Multiply(a, other.YMinusX, out a);
        FieldElement.Add(Y, X, out FieldElement b);
        FieldElement.Multiply(b, other.YPlusX, out b);
        FieldElement.Multiply(T, other.XY2D, out FieldElement c);
        FieldElement.Add(Z, Z, out FieldElement d);

        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Subtract(d, c, out FieldElement f);
        FieldElement.Add(d, c, out FieldElement g);
        FieldElement.Add(b, a, out FieldElement h);
        Complete(e, f, g, h, withT);
    }

    /// <summary>Subtracts a point of a table of affine points. Needs T.</summary>
    internal void Subtract(in AffineNiels other, bool withT)
    {
        FieldElement.Subtract(Y, X, out FieldElement a);
        FieldElement.Multiply(a, other.YPlusX, out a);
        FieldElement.Add(Y, X, out FieldElement b);
        FieldElement.Multiply(b, other.YMinusX, out b);
        FieldElement.Multiply(T, other.XY2D, out FieldElement c);
        FieldElement.Add(Z, Z, out FieldElement d);

        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Add(d, c, out FieldElement f);
        FieldElement.Subtract(d, c, out FieldElement g);
        FieldElement.Add(b, a, out FieldElement h);
        Complete(e, f, g, h, withT);
    }

    /// <summary>Adds a point of a table of projective points (add-2008-hwcd-3). Needs T.</summary>
    internal void Add(in ProjectiveNiels other, bool withT)
    {
        FieldElement.Subtract(Y, X, out FieldElement a);
        FieldElement.Multiply(a, other.YMinusX, out a);
        FieldElement.Add(Y, X, out FieldElement b);
        FieldElement.Multiply(b, other.YPlusX, out b);
        FieldElement.Multiply(T, other.T2D, out FieldElement c);
        FieldElement.Multiply(Z, other.Z, out FieldElement d);
        FieldElement.Add(d, d, out d);

        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Subtract(d, c, out FieldElement f);
        FieldElement.Add(d, c, out FieldElement g);
        FieldElement.Add(b, a, out FieldElement h);
        Complete(e, f, g, h, withT);
    }

    /// <summary>Subtracts a point of a table of projective points. Needs T.</summary>
    internal void Subtract(in ProjectiveNiels other, bool withT)
    {
        FieldElement.Subtract(Y, X, out FieldElement a);
        FieldElement.Multiply(a, other.YPlusX, out a);
        FieldElement.Add(Y, X, out FieldElement b);
        FieldElement.Multiply(b, other.YMinusX, out b);
        FieldElement.Multiply(T, other.T2D, out FieldElement c);
        FieldElement.Multiply(Z, other.Z, out FieldElement d);
        FieldElement.Add(d, d, out d);

        FieldElement.Subtract(b, a, out FieldElement e);
        FieldElement.Add(d, c, out FieldElement f);
        FieldElement.Subtract(d, c, out FieldElement g);
        FieldElement.Add(b, a, out FieldElement h);
        Complete(e, f, g, h, withT);
    }

    private void Complete(in FieldElement e, in FieldElement f, in FieldElement g, in FieldElement h, bool withT)
    {
        FieldElement.Multiply(e, f, out X);
        FieldElement.Multiply(g, h, out Y);
        FieldElement.Multiply(f, g, out Z);
        if (withT) FieldElement.Multiply(e, h, out T);
    }
}
