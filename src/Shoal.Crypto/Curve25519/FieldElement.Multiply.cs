using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

internal partial struct FieldElement
{
    // No carry is needed between the products of a column. Factors are below 2^54; with one of them moved up by Lift bits, the
    // high word of a product is its part from bit 54 on, and a column's sum H of high words fits in a word. The rest of the
    // column, five parts below 2^54, fits in a word too, so it is the plain sum of products modulo 2^64, less H · 2^54.
    private const int Lift = 10;
    private const int HighBits = 64 - Lift;
    private const int HighToLimb = HighBits - LimbBits;
    private const ulong FactorBound = 1UL << HighBits;

    /// <summary>a · b. Takes limbs below 2^54, gives tight limbs. The result may be one of the factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        b.AssertBelow(FactorBound);
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        ulong c0 = b0 << Lift, c1 = b1 << Lift, c2 = b2 << Lift, c3 = b3 << Lift, c4 = b4 << Lift;
        ulong w1 = a1 * 19, w2 = a2 * 19, w3 = a3 * 19, w4 = a4 * 19;

        ulong h0 = Word.High(a0, c0) + Word.High(w1, c4) + Word.High(w2, c3) + Word.High(w3, c2) + Word.High(w4, c1);
        ulong l0 = (a0 * b0) + (w1 * b4) + (w2 * b3) + (w3 * b2) + (w4 * b1) - (h0 << HighBits);

        ulong h1 = Word.High(a0, c1) + Word.High(a1, c0) + Word.High(w2, c4) + Word.High(w3, c3) + Word.High(w4, c2);
        ulong l1 = (a0 * b1) + (a1 * b0) + (w2 * b4) + (w3 * b3) + (w4 * b2) - (h1 << HighBits);

        ulong h2 = Word.High(a0, c2) + Word.High(a1, c1) + Word.High(a2, c0) + Word.High(w3, c4) + Word.High(w4, c3);
        ulong l2 = (a0 * b2) + (a1 * b1) + (a2 * b0) + (w3 * b4) + (w4 * b3) - (h2 << HighBits);

        ulong h3 = Word.High(a0, c3) + Word.High(a1, c2) + Word.High(a2, c1) + Word.High(a3, c0) + Word.High(w4, c4);
        ulong l3 = (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (w4 * b4) - (h3 << HighBits);

        ulong h4 = Word.High(a0, c4) + Word.High(a1, c3) + Word.High(a2, c2) + Word.High(a3, c1) + Word.High(a4, c0);
        ulong l4 = (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) - (h4 << HighBits);

        Reduce(h0, h1, h2, h3, h4, l0, l1, l2, l3, l4, out result);
    }

    /// <summary>a². Takes limbs below 2^54, gives tight limbs. The result may be the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Square(in FieldElement a, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        SquareCore(a._0, a._1, a._2, a._3, a._4, out result);
    }

    /// <summary>a to the power 2^<paramref name="times"/>, for a positive <paramref name="times"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Square(in FieldElement a, int times, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        SquareCore(a._0, a._1, a._2, a._3, a._4, out result);
        for (int i = 1; i < times; i++) SquareCore(result._0, result._1, result._2, result._3, result._4, out result);
    }

    /// <summary>a times a number below 2^17. Takes limbs below 2^54, gives tight limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply(in FieldElement a, uint small, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        ulong b = small, c = b << Lift;
        ulong h0 = Word.High(a._0, c), l0 = (a._0 * b) - (h0 << HighBits);
        ulong h1 = Word.High(a._1, c), l1 = (a._1 * b) - (h1 << HighBits);
        ulong h2 = Word.High(a._2, c), l2 = (a._2 * b) - (h2 << HighBits);
        ulong h3 = Word.High(a._3, c), l3 = (a._3 * b) - (h3 << HighBits);
        ulong h4 = Word.High(a._4, c), l4 = (a._4 * b) - (h4 << HighBits);
        Reduce(h0, h1, h2, h3, h4, l0, l1, l2, l3, l4, out result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SquareCore(ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, out FieldElement result)
    {
        ulong c0 = a0 << Lift, c1 = a1 << Lift, c2 = a2 << Lift, c3 = a3 << Lift, c4 = a4 << Lift;
        ulong d0 = a0 * 2, d1 = a1 * 2, w3 = a3 * 19, w4 = a4 * 19, w32 = a3 * 38, w42 = a4 * 38;

        ulong h0 = Word.High(a0, c0) + Word.High(w42, c1) + Word.High(w32, c2);
        ulong l0 = (a0 * a0) + (w42 * a1) + (w32 * a2) - (h0 << HighBits);

        ulong h1 = Word.High(d0, c1) + Word.High(w42, c2) + Word.High(w3, c3);
        ulong l1 = (d0 * a1) + (w42 * a2) + (w3 * a3) - (h1 << HighBits);

        ulong h2 = Word.High(d0, c2) + Word.High(a1, c1) + Word.High(w42, c3);
        ulong l2 = (d0 * a2) + (a1 * a1) + (w42 * a3) - (h2 << HighBits);

        ulong h3 = Word.High(d0, c3) + Word.High(d1, c2) + Word.High(w4, c4);
        ulong l3 = (d0 * a3) + (d1 * a2) + (w4 * a4) - (h3 << HighBits);

        ulong h4 = Word.High(d0, c4) + Word.High(d1, c3) + Word.High(a2, c2);
        ulong l4 = (d0 * a4) + (d1 * a3) + (a2 * a2) - (h4 << HighBits);

        Reduce(h0, h1, h2, h3, h4, l0, l1, l2, l3, l4, out result);
    }

    // Bounds, for limbs below 2^54: a column's high sum is below 77 · 2^54 (below 5 · 2^54 for the last one, which is the
    // one multiplied by 19), so high · 8 stays below 2^63.3 and 19 · 8 · high below 2^63.6; the low sum is below 5 · 2^54.
    // All sums fit in 64 bits, and every carry is below 2^13.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        ulong h0, ulong h1, ulong h2, ulong h3, ulong h4, ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, out FieldElement result)
    {
        l0 += (h4 << HighToLimb) * 19;
        l1 += h0 << HighToLimb;
        l2 += h1 << HighToLimb;
        l3 += h2 << HighToLimb;
        l4 += h3 << HighToLimb;
        result._0 = (l0 & Mask) + ((l4 >> LimbBits) * 19);
        result._1 = (l1 & Mask) + (l0 >> LimbBits);
        result._2 = (l2 & Mask) + (l1 >> LimbBits);
        result._3 = (l3 & Mask) + (l2 >> LimbBits);
        result._4 = (l4 & Mask) + (l3 >> LimbBits);
    }
}
