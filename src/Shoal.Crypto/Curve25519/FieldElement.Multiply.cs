using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

internal partial struct FieldElement
{
    // Factors are below 2^54. One of them moves up by Lift bits; a product's high word then counts in units of 2^54,
    // which is 2^3 of the next limb's units, and its low word, moved down again, in units of the limb itself.
    private const int Lift = 10;
    private const int HighToLimb = 64 - Lift - LimbBits;
    private const ulong FactorBound = 1UL << (64 - Lift);

    /// <summary>a · b. Takes limbs below 2^54, gives tight limbs. The result may be one of the factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        b.AssertBelow(FactorBound);
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0 << Lift, b1 = b._1 << Lift, b2 = b._2 << Lift, b3 = b._3 << Lift, b4 = b._4 << Lift;
        ulong w1 = a1 * 19, w2 = a2 * 19, w3 = a3 * 19, w4 = a4 * 19;

        ulong h0 = Math.BigMul(a0, b0, out ulong l0);
        l0 >>= Lift;
        Accumulate(w1, b4, ref h0, ref l0);
        Accumulate(w2, b3, ref h0, ref l0);
        Accumulate(w3, b2, ref h0, ref l0);
        Accumulate(w4, b1, ref h0, ref l0);

        ulong h1 = Math.BigMul(a0, b1, out ulong l1);
        l1 >>= Lift;
        Accumulate(a1, b0, ref h1, ref l1);
        Accumulate(w2, b4, ref h1, ref l1);
        Accumulate(w3, b3, ref h1, ref l1);
        Accumulate(w4, b2, ref h1, ref l1);

        ulong h2 = Math.BigMul(a0, b2, out ulong l2);
        l2 >>= Lift;
        Accumulate(a1, b1, ref h2, ref l2);
        Accumulate(a2, b0, ref h2, ref l2);
        Accumulate(w3, b4, ref h2, ref l2);
        Accumulate(w4, b3, ref h2, ref l2);

        ulong h3 = Math.BigMul(a0, b3, out ulong l3);
        l3 >>= Lift;
        Accumulate(a1, b2, ref h3, ref l3);
        Accumulate(a2, b1, ref h3, ref l3);
        Accumulate(a3, b0, ref h3, ref l3);
        Accumulate(w4, b4, ref h3, ref l3);

        ulong h4 = Math.BigMul(a0, b4, out ulong l4);
        l4 >>= Lift;
        Accumulate(a1, b3, ref h4, ref l4);
        Accumulate(a2, b2, ref h4, ref l4);
        Accumulate(a3, b1, ref h4, ref l4);
        Accumulate(a4, b0, ref h4, ref l4);

        Reduce(h0, h1, h2, h3, h4, l0, l1, l2, l3, l4, out result);
    }

    /// <summary>a². Takes limbs below 2^54, gives tight limbs. The result may be the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Square(in FieldElement a, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        SquareCore(a._0, a._1, a._2, a._3, a._4, out result);
    }

    /// <summary>a to the power 2^<paramref name="times"/>, for a positive <paramref name="times"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Square(in FieldElement a, int times, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        SquareCore(a._0, a._1, a._2, a._3, a._4, out result);
        for (int i = 1; i < times; i++) SquareCore(result._0, result._1, result._2, result._3, result._4, out result);
    }

    /// <summary>a times a number below 2^17. Takes limbs below 2^54, gives tight limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(in FieldElement a, uint small, out FieldElement result)
    {
        a.AssertBelow(FactorBound);
        ulong b = (ulong)small << Lift;
        ulong h0 = Math.BigMul(a._0, b, out ulong l0);
        ulong h1 = Math.BigMul(a._1, b, out ulong l1);
        ulong h2 = Math.BigMul(a._2, b, out ulong l2);
        ulong h3 = Math.BigMul(a._3, b, out ulong l3);
        ulong h4 = Math.BigMul(a._4, b, out ulong l4);
        Reduce(h0, h1, h2, h3, h4, l0 >> Lift, l1 >> Lift, l2 >> Lift, l3 >> Lift, l4 >> Lift, out result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SquareCore(ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, out FieldElement result)
    {
        ulong b0 = a0 << Lift, b1 = a1 << Lift, b2 = a2 << Lift, b3 = a3 << Lift, b4 = a4 << Lift;
        ulong d0 = a0 * 2, d1 = a1 * 2, d2 = a2 * 2, w3 = a3 * 19, w4 = a4 * 19, w42 = a4 * 38, w32 = a3 * 38;

        ulong h0 = Math.BigMul(a0, b0, out ulong l0);
        l0 >>= Lift;
        Accumulate(w42, b1, ref h0, ref l0);
        Accumulate(w32, b2, ref h0, ref l0);

        ulong h1 = Math.BigMul(d0, b1, out ulong l1);
        l1 >>= Lift;
        Accumulate(w42, b2, ref h1, ref l1);
        Accumulate(w3, b3, ref h1, ref l1);

        ulong h2 = Math.BigMul(d0, b2, out ulong l2);
        l2 >>= Lift;
        Accumulate(a1, b1, ref h2, ref l2);
        Accumulate(w42, b3, ref h2, ref l2);

        ulong h3 = Math.BigMul(d0, b3, out ulong l3);
        l3 >>= Lift;
        Accumulate(d1, b2, ref h3, ref l3);
        Accumulate(w4, b4, ref h3, ref l3);

        ulong h4 = Math.BigMul(d0, b4, out ulong l4);
        l4 >>= Lift;
        Accumulate(d1, b3, ref h4, ref l4);
        Accumulate(a2, b2, ref h4, ref l4);

        Reduce(h0, h1, h2, h3, h4, l0, l1, l2, l3, l4, out result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ulong a, ulong b, ref ulong high, ref ulong low)
    {
        high += Math.BigMul(a, b, out ulong product);
        low += product >> Lift;
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
