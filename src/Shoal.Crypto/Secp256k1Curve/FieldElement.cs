using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Secp256k1Curve;

/// <summary>A number modulo p = 2^256 - 2^32 - 977 (SEC 2, section 2.4.1), as limbs of 52, 52, 52, 52 and 48 bits.</summary>
/// <remarks>
/// "Tight" limbs are below 2^52 + 2^47 (the last one below 2^48 + 2^13): what multiplication, squaring and <see cref="Carry()"/> give.
/// Multiplication takes any limbs below 2^55. Only <see cref="IsZero"/> and what is built on it is meant for public values.
/// </remarks>
[SkipLocalsInit]
internal struct FieldElement
{
    /// <summary>Bytes of an encoded element.</summary>
    internal const int Size = 32;

    private const int LimbBits = 52;
    private const int TopBits = 48;
    private const ulong Mask = (1UL << LimbBits) - 1;
    private const ulong TopMask = (1UL << TopBits) - 1;

    // 2^256 and 2^260 modulo p.
    private const ulong Fold256 = 0x1000003d1;
    private const ulong Fold260 = 0x1000003d10;

    // Factors are below 2^55; one moves up by Lift bits, so that a product's high word is its part from bit 55 on.
    private const int Lift = 9;
    private const int HighBits = 64 - Lift;
    private const int HighToLimb = HighBits - LimbBits;
    private const int FoldLift = 64 - LimbBits;

    // 4p, limb by limb: added before a subtraction so that no limb becomes negative.
    private const ulong FourP0 = 0x3ffffbfffff0bc, FourP = 0x3ffffffffffffc, FourPTop = 0x3fffffffffffc;

    private static readonly ulong[] P = [0xffffefffffc2f, Mask, Mask, Mask, TopMask];

    private ulong _0, _1, _2, _3, _4;

    /// <summary>Takes tight limbs, least significant first.</summary>
    internal FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
        _4 = l4;
    }

    /// <summary>The number 1.</summary>
    internal static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>Reads 32 big-endian bytes. False when the number is not below p.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out FieldElement result)
    {
        ulong w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        ulong w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        ulong w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        result = new FieldElement(w0 & Mask, ((w0 >> 52) | (w1 << 12)) & Mask, ((w1 >> 40) | (w2 << 24)) & Mask, ((w2 >> 28) | (w3 << 36)) & Mask, w3 >> 16);
        return (w3 & w2 & w1) != ulong.MaxValue || w0 < 0xfffffffefffffc2f;
    }

    /// <summary>a + b, without carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in FieldElement a, in FieldElement b, out FieldElement result) =>
        result = new FieldElement(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <summary>a - b, without carry, where b is at most the sum of three tight elements: adds 2^54 at most to a limb of a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Subtract(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        Debug.Assert(b._0 <= FourP0 && b._1 <= FourP && b._2 <= FourP && b._3 <= FourP && b._4 <= FourPTop, "a limb would become negative");
        result = new FieldElement(
            a._0 + FourP0 - b._0, a._1 + FourP - b._1, a._2 + FourP - b._2, a._3 + FourP - b._3, a._4 + FourPTop - b._4);
    }

    /// <summary>a times a number up to 8, carried: takes and gives tight limbs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Scale(in FieldElement a, uint small, out FieldElement result)
    {
        result = new FieldElement(a._0 * small, a._1 * small, a._2 * small, a._3 * small, a._4 * small);
        result.Carry();
    }

    /// <summary>Makes limbs below 2^63 tight again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Carry() => Carry(_0, _1, _2, _3, _4, out this);

    /// <summary>a · b. Takes limbs below 2^55, gives tight limbs. The result may be one of the factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Multiply(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        ulong b0 = b._0, b1 = b._1, b2 = b._2, b3 = b._3, b4 = b._4;
        Debug.Assert(((a0 | a1 | a2 | a3 | a4 | b0 | b1 | b2 | b3 | b4) >> HighBits) == 0, "a limb is too large");
        ulong c0 = b0 << Lift, c1 = b1 << Lift, c2 = b2 << Lift, c3 = b3 << Lift, c4 = b4 << Lift;

        ulong h0 = Word.High(a0, c0);
        ulong l0 = (a0 * b0) - (h0 << HighBits);
        ulong h1 = Word.High(a0, c1) + Word.High(a1, c0);
        ulong l1 = (a0 * b1) + (a1 * b0) - (h1 << HighBits);
        ulong h2 = Word.High(a0, c2) + Word.High(a1, c1) + Word.High(a2, c0);
        ulong l2 = (a0 * b2) + (a1 * b1) + (a2 * b0) - (h2 << HighBits);
        ulong h3 = Word.High(a0, c3) + Word.High(a1, c2) + Word.High(a2, c1) + Word.High(a3, c0);
        ulong l3 = (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) - (h3 << HighBits);
        ulong h4 = Word.High(a0, c4) + Word.High(a1, c3) + Word.High(a2, c2) + Word.High(a3, c1) + Word.High(a4, c0);
        ulong l4 = (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) - (h4 << HighBits);
        ulong h5 = Word.High(a1, c4) + Word.High(a2, c3) + Word.High(a3, c2) + Word.High(a4, c1);
        ulong l5 = (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) - (h5 << HighBits);
        ulong h6 = Word.High(a2, c4) + Word.High(a3, c3) + Word.High(a4, c2);
        ulong l6 = (a2 * b4) + (a3 * b3) + (a4 * b2) - (h6 << HighBits);
        ulong h7 = Word.High(a3, c4) + Word.High(a4, c3);
        ulong l7 = (a3 * b4) + (a4 * b3) - (h7 << HighBits);
        ulong h8 = Word.High(a4, c4);
        ulong l8 = (a4 * b4) - (h8 << HighBits);

        Reduce(h0, h1, h2, h3, h4, h5, h6, h7, h8, l0, l1, l2, l3, l4, l5, l6, l7, l8, out result);
    }

    /// <summary>a². Takes limbs below 2^54, gives tight limbs. The result may be the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Square(in FieldElement a, out FieldElement result)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4;
        Debug.Assert(((a0 | a1 | a2 | a3 | a4) >> HighBits) == 0, "a limb is too large");
        ulong c0 = a0 << Lift, c1 = a1 << Lift, c2 = a2 << Lift, c3 = a3 << Lift, c4 = a4 << Lift;
        ulong d0 = a0 * 2, d1 = a1 * 2, d2 = a2 * 2, d3 = a3 * 2;

        ulong h0 = Word.High(a0, c0);
        ulong l0 = (a0 * a0) - (h0 << HighBits);
        ulong h1 = Word.High(d0, c1);
        ulong l1 = (d0 * a1) - (h1 << HighBits);
        ulong h2 = Word.High(d0, c2) + Word.High(a1, c1);
        ulong l2 = (d0 * a2) + (a1 * a1) - (h2 << HighBits);
        ulong h3 = Word.High(d0, c3) + Word.High(d1, c2);
        ulong l3 = (d0 * a3) + (d1 * a2) - (h3 << HighBits);
        ulong h4 = Word.High(d0, c4) + Word.High(d1, c3) + Word.High(a2, c2);
        ulong l4 = (d0 * a4) + (d1 * a3) + (a2 * a2) - (h4 << HighBits);
        ulong h5 = Word.High(d1, c4) + Word.High(d2, c3);
        ulong l5 = (d1 * a4) + (d2 * a3) - (h5 << HighBits);
        ulong h6 = Word.High(d2, c4) + Word.High(a3, c3);
        ulong l6 = (d2 * a4) + (a3 * a3) - (h6 << HighBits);
        ulong h7 = Word.High(d3, c4);
        ulong l7 = (d3 * a4) - (h7 << HighBits);
        ulong h8 = Word.High(a4, c4);
        ulong l8 = (a4 * a4) - (h8 << HighBits);

        Reduce(h0, h1, h2, h3, h4, h5, h6, h7, h8, l0, l1, l2, l3, l4, l5, l6, l7, l8, out result);
    }

    /// <summary>A square root of a tight a, as a^((p + 1) / 4). False when there is none; the result is then meaningless.</summary>
    internal static bool TrySqrt(in FieldElement a, out FieldElement result)
    {
        // (p + 1) / 4 in binary is 223 ones, 0, 22 ones, 0000, 11, 00. tN is a^(2^N - 1).
        Square(a, out FieldElement t);
        Multiply(t, a, out FieldElement t2);
        Square(t2, out t);
        Multiply(t, a, out FieldElement t3);
        Extend(t3, 3, t3, out FieldElement t6);
        Extend(t6, 3, t3, out FieldElement t9);
        Extend(t9, 2, t2, out FieldElement t11);
        Extend(t11, 11, t11, out FieldElement t22);
        Extend(t22, 22, t22, out FieldElement t44);
        Extend(t44, 44, t44, out FieldElement t88);
        Extend(t88, 88, t88, out FieldElement t176);
        Extend(t176, 44, t44, out FieldElement t220);
        Extend(t220, 3, t3, out FieldElement t223);
        Extend(t223, 23, t22, out t);
        Extend(t, 6, t2, out t);
        Square(t, out t);
        Square(t, out FieldElement root);
        Square(root, out t);
        bool isSquare = AreEqual(t, a);
        result = root;
        return isSquare;
    }

    /// <summary>1 / a, as a^(p - 2); 0 gives 0.</summary>
    internal static void Invert(in FieldElement a, out FieldElement result)
    {
        // p - 2 in binary is 223 ones, 0, 22 ones, 0000101101.
        Square(a, out FieldElement t);
        Multiply(t, a, out FieldElement t2);
        Square(t2, out t);
        Multiply(t, a, out FieldElement t3);
        Extend(t3, 3, t3, out FieldElement t6);
        Extend(t6, 3, t3, out FieldElement t9);
        Extend(t9, 2, t2, out FieldElement t11);
        Extend(t11, 11, t11, out FieldElement t22);
        Extend(t22, 22, t22, out FieldElement t44);
        Extend(t44, 44, t44, out FieldElement t88);
        Extend(t88, 88, t88, out FieldElement t176);
        Extend(t176, 44, t44, out FieldElement t220);
        Extend(t220, 3, t3, out FieldElement t223);
        Extend(t223, 23, t22, out t);
        Extend(t, 5, a, out t);
        Extend(t, 3, t2, out t);
        Extend(t, 2, a, out result);
    }

    /// <summary>True when both values are equal modulo p. Variable time.</summary>
    internal static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Subtract(a, b, out FieldElement difference);
        return difference.IsZero();
    }

    /// <summary>True when the value is 0 modulo p. Variable time.</summary>
    internal readonly bool IsZero()
    {
        FieldElement t = this;
        t.Normalize();
        return (t._0 | t._1 | t._2 | t._3 | t._4) == 0;
    }

    /// <summary>True when the value below p is odd. Variable time.</summary>
    internal readonly bool IsOdd()
    {
        FieldElement t = this;
        t.Normalize();
        return (t._0 & 1) == 1;
    }

    /// <summary>Makes this the one representation below p. Variable time.</summary>
    private void Normalize()
    {
        Span<ulong> limbs = [_0, _1, _2, _3, _4];
        ulong fold;
        do
        {
            for (int i = 0; i < 4; i++)
            {
                limbs[i + 1] += limbs[i] >> LimbBits;
                limbs[i] &= Mask;
            }

            fold = limbs[4] >> TopBits;
            limbs[4] &= TopMask;
            limbs[0] += fold * Fold256;
        }
        while (fold != 0);

        // Below 2^256 now, so at most one p is too much, and only if the upper limbs are all ones.
        if (limbs[4] == TopMask && (limbs[3] & limbs[2] & limbs[1]) == Mask && limbs[0] >= P[0])
        {
            limbs[0] -= P[0];
            limbs[1..].Clear();
        }

        this = new FieldElement(limbs[0], limbs[1], limbs[2], limbs[3], limbs[4]);
    }

    /// <summary>a^(2^times) · b.</summary>
    private static void Extend(in FieldElement a, int times, in FieldElement b, out FieldElement result)
    {
        Square(a, out FieldElement t);
        for (int i = 1; i < times; i++) Square(t, out t);
        Multiply(t, b, out result);
    }

    // Bounds, for limbs below 2^55: a column's high sum is below 5 · 2^55 and its low sum too, so t is below 2^60.5. The fold adds
    // less than 2^52 + 2^46 to a limb, and carries are below 2^13.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        ulong h0, ulong h1, ulong h2, ulong h3, ulong h4, ulong h5, ulong h6, ulong h7, ulong h8,
        ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6, ulong l7, ulong l8,
        out FieldElement result)
    {
        ulong t5 = l5 + (h4 << HighToLimb), t6 = l6 + (h5 << HighToLimb), t7 = l7 + (h6 << HighToLimb);
        ulong t8 = l8 + (h7 << HighToLimb), t9 = h8 << HighToLimb;

        const ulong lifted = Fold260 << FoldLift;
        ulong f0 = Word.High(t5, lifted), f1 = Word.High(t6, lifted), f2 = Word.High(t7, lifted);
        ulong f3 = Word.High(t8, lifted), f4 = Word.High(t9, lifted), f5 = Word.High(f4, lifted);
        ulong r0 = l0 + ((t5 * Fold260) & Mask) + ((f4 * Fold260) & Mask);
        ulong r1 = l1 + (h0 << HighToLimb) + ((t6 * Fold260) & Mask) + f0 + f5;
        ulong r2 = l2 + (h1 << HighToLimb) + ((t7 * Fold260) & Mask) + f1;
        ulong r3 = l3 + (h2 << HighToLimb) + ((t8 * Fold260) & Mask) + f2;
        ulong r4 = l4 + (h3 << HighToLimb) + ((t9 * Fold260) & Mask) + f3;
        Carry(r0, r1, r2, r3, r4, out result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ulong r0, ulong r1, ulong r2, ulong r3, ulong r4, out FieldElement result)
    {
        result._0 = (r0 & Mask) + ((r4 >> TopBits) * Fold256);
        result._1 = (r1 & Mask) + (r0 >> LimbBits);
        result._2 = (r2 & Mask) + (r1 >> LimbBits);
        result._3 = (r3 & Mask) + (r2 >> LimbBits);
        result._4 = (r4 & TopMask) + (r3 >> LimbBits);
    }
}
