using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Secp256k1Curve;

/// <summary>
/// A point of y² = x³ + 7 in Jacobian coordinates: x = X/Z², y = Y/Z³, and Z = 0 at infinity. Coordinates are tight.
/// </summary>
/// <remarks>Additions look for the special cases: variable time, for public points only.</remarks>
[SkipLocalsInit]
internal struct Point
{
    /// <summary>Bytes of a compressed key: 02 or 03 by y's parity, then x (SEC 1, section 2.3.3).</summary>
    internal const int CompressedSize = 33;

    /// <summary>Bytes of an uncompressed key: 04, x, y.</summary>
    internal const int UncompressedSize = 65;

    internal FieldElement X, Y, Z;

    /// <summary>The generator G (SEC 2, section 2.4.1).</summary>
    internal static Point Generator => new()
    {
        X = new(0x2815b16f81798, 0xdb2dce28d959f, 0xe870b07029bfc, 0xbbac55a06295c, 0x79be667ef9dc),
        Y = new(0x7d08ffb10d4b8, 0x48a68554199c4, 0xe1108a8fd17b4, 0xc4655da4fbfc0, 0x483ada7726a3),
        Z = FieldElement.One,
    };

    private static FieldElement Seven => new(7, 0, 0, 0, 0);

    /// <summary>True at infinity.</summary>
    internal readonly bool IsInfinity => Z.IsZero();

    /// <summary>Reads a compressed or uncompressed key. False when it is malformed or not on the curve.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = new Point { Z = FieldElement.One };
        bool compressed = bytes.Length == CompressedSize && bytes[0] is 2 or 3;
        if (!compressed && !(bytes.Length == UncompressedSize && bytes[0] == 4)) return false;
        if (!FieldElement.TryRead(bytes.Slice(1, FieldElement.Size), out point.X)) return false;

        FieldElement.Square(point.X, out FieldElement square);
        FieldElement.Multiply(square, point.X, out square);
        FieldElement.Add(square, Seven, out square);
        square.Carry();
        if (compressed)
        {
            if (!FieldElement.TrySqrt(square, out point.Y)) return false;
            if (point.Y.IsOdd() != (bytes[0] == 3)) Negate(point.Y, out point.Y);
            return true;
        }

        if (!FieldElement.TryRead(bytes[(1 + FieldElement.Size)..], out point.Y)) return false;
        FieldElement.Square(point.Y, out FieldElement yy);
        return FieldElement.AreEqual(yy, square);
    }

    /// <summary>Makes this 2 · this.</summary>
    internal void Double()
    {
        // dbl-2009-l of the Explicit-Formulas Database, with D = 4 X Y².
        FieldElement.Square(Y, out FieldElement b);
        FieldElement.Multiply(X, b, out FieldElement d);
        FieldElement.Scale(d, 4, out d);
        FieldElement.Square(b, out FieldElement c);
        FieldElement.Scale(c, 8, out c);
        FieldElement.Square(X, out FieldElement e);
        FieldElement.Scale(e, 3, out e);
        FieldElement.Square(e, out FieldElement f);

        FieldElement.Multiply(Y, Z, out Z);
        FieldElement.Scale(Z, 2, out Z);
        FieldElement.Add(d, d, out FieldElement twice);
        FieldElement.Subtract(f, twice, out X);
        X.Carry();
        FieldElement.Subtract(d, X, out d);
        FieldElement.Multiply(e, d, out Y);
        FieldElement.Subtract(Y, c, out Y);
        Y.Carry();
    }

    /// <summary>Adds any point.</summary>
    internal void Add(in Point other)
    {
        if (other.IsInfinity) return;
        if (IsInfinity)
        {
            this = other;
            return;
        }

        FieldElement.Square(Z, out FieldElement zz);
        FieldElement.Square(other.Z, out FieldElement otherZz);
        FieldElement.Multiply(X, otherZz, out FieldElement u1);
        FieldElement.Multiply(other.X, zz, out FieldElement u2);
        FieldElement.Multiply(Y, other.Z, out FieldElement s1);
        FieldElement.Multiply(s1, otherZz, out s1);
        FieldElement.Multiply(other.Y, Z, out FieldElement s2);
        FieldElement.Multiply(s2, zz, out s2);
        FieldElement.Multiply(Z, other.Z, out FieldElement z);
        Complete(u1, u2, s1, s2, z);
    }

    /// <summary>Adds a point with Z = 1.</summary>
    internal void Add(in AffinePoint other)
    {
        if (IsInfinity)
        {
            X = other.X;
            Y = other.Y;
            Z = FieldElement.One;
            return;
        }

        FieldElement.Square(Z, out FieldElement zz);
        FieldElement.Multiply(other.X, zz, out FieldElement u2);
        FieldElement.Multiply(other.Y, Z, out FieldElement s2);
        FieldElement.Multiply(s2, zz, out s2);
        FieldElement u1 = X, s1 = Y, z = Z;
        Complete(u1, u2, s1, s2, z);
    }

    /// <summary>Makes this -this.</summary>
    internal void Negate() => Negate(Y, out Y);

    /// <summary>-a, for a tight a. Gives tight limbs.</summary>
    internal static void Negate(in FieldElement a, out FieldElement result)
    {
        FieldElement.Subtract(default, a, out result);
        result.Carry();
    }

    /// <summary>The sum, where both points have been brought to one denominator: (u1, s1) and (u2, s2) over z.</summary>
    private void Complete(in FieldElement u1, in FieldElement u2, in FieldElement s1, in FieldElement s2, in FieldElement z)
    {
        FieldElement.Subtract(u2, u1, out FieldElement h);
        FieldElement.Subtract(s2, s1, out FieldElement r);
        if (h.IsZero())
        {
            if (r.IsZero()) Double();
            else Z = default;
            return;
        }

        FieldElement.Square(h, out FieldElement hh);
        FieldElement.Multiply(hh, h, out FieldElement hhh);
        FieldElement.Multiply(u1, hh, out FieldElement v);
        FieldElement.Multiply(z, h, out Z);

        FieldElement.Square(r, out X);
        FieldElement.Add(v, v, out FieldElement sum);
        FieldElement.Add(sum, hhh, out sum);
        FieldElement.Subtract(X, sum, out X);
        X.Carry();
        FieldElement.Subtract(v, X, out v);
        FieldElement.Multiply(r, v, out Y);
        FieldElement.Multiply(s1, hhh, out hhh);
        FieldElement.Subtract(Y, hhh, out Y);
        Y.Carry();
    }
}

/// <summary>A point that is not infinity, with Z = 1. Coordinates are tight.</summary>
internal struct AffinePoint
{
    internal FieldElement X, Y;
}
