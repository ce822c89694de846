using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>Multiplication of points of v² = u³ + 486662 u² + u by their u coordinate alone (RFC 7748, section 5).</summary>
[SkipLocalsInit]
internal static class MontgomeryLadder
{
    /// <summary>(486662 - 2) / 4.</summary>
    private const uint A24 = 121665;

    /// <summary>Computes scalar · u for a number below 2^255, in time that depends on neither.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(ReadOnlySpan<byte> scalar, in FieldElement u, out FieldElement result)
    {
        FieldElement x2 = FieldElement.One, z2 = default, x3 = u, z3 = FieldElement.One;
        ulong previous = 0;
        for (int i = 254; i >= 0; i--)
        {
            ulong bit = ((ulong)scalar[i >> 3] >> (i & 7)) & 1;
            ulong mask = 0UL - (bit ^ previous);
            previous = bit;
            FieldElement.Swap(ref x2, ref x3, mask);
            FieldElement.Swap(ref z2, ref z3, mask);
            Step(ref x2, ref z2, ref x3, ref z3, u);
        }

        FieldElement.Swap(ref x2, ref x3, 0UL - previous);
        FieldElement.Swap(ref z2, ref z3, 0UL - previous);
        FieldElement.Invert(z2, out z2);
        FieldElement.Multiply(x2, z2, out result);
        Secrets.Zero(ref x2);
        Secrets.Zero(ref z2);
        Secrets.Zero(ref x3);
        Secrets.Zero(ref z3);
    }

    /// <summary>True when the point has order 1, 2, 4 or 8, on the curve or on its twist. Variable time: u is public.</summary>
    internal static bool HasSmallOrder(in FieldElement u)
    {
        FieldElement x = u, z = FieldElement.One, unusedX = FieldElement.One, unusedZ = FieldElement.One;
        for (int i = 0; i < 3; i++) Step(ref x, ref z, ref unusedX, ref unusedZ, u);
        return z.IsZero() == 1;
    }

    /// <summary>(x2 : z2) becomes twice itself, (x3 : z3) the sum of both, whose difference is u.</summary>
    private static void Step(ref FieldElement x2, ref FieldElement z2, ref FieldElement x3, ref FieldElement z3, in FieldElement u)
    {
        FieldElement.Add(x2, z2, out FieldElement a);
        FieldElement.Subtract(x2, z2, out FieldElement b);
        FieldElement.Add(x3, z3, out FieldElement c);
        FieldElement.Subtract(x3, z3, out FieldElement d);
        FieldElement.Multiply(d, a, out FieldElement da);
        FieldElement.Multiply(c, b, out FieldElement cb);
        FieldElement.Square(a, out FieldElement aa);
        FieldElement.Square(b, out FieldElement bb);

        FieldElement.Add(da, cb, out x3);
        FieldElement.Square(x3, out x3);
        FieldElement.Subtract(da, cb, out z3);
        FieldElement.Square(z3, out z3);
        FieldElement.Multiply(z3, u, out z3);

        FieldElement.Multiply(aa, bb, out x2);
        FieldElement.Subtract(aa, bb, out FieldElement e);
        FieldElement.Multiply(e, A24, out FieldElement t);
        FieldElement.Add(aa, t, out t);
        FieldElement.Multiply(e, t, out z2);
    }
}
