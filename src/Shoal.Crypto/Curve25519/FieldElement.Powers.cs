namespace Shoal.Crypto.Curve25519;

internal partial struct FieldElement
{
    /// <summary>The square root of -1 that is even: 2^((p - 1) / 4).</summary>
    internal static FieldElement SqrtMinusOne =>
        new(0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d);

    /// <summary>1 / a, as a^(p - 2); 0 gives 0.</summary>
    internal static void Invert(in FieldElement a, out FieldElement result)
    {
        PowerOfOnes(a, out FieldElement t250, out FieldElement a11);
        Square(t250, 5, out FieldElement t);
        Multiply(t, a11, out result); // 2^255 - 2^5 + 11 = p - 2
    }

    /// <summary>
    /// A square root of u / v, for a tight u. False when there is none; the result is then meaningless. Which of both roots comes out
    /// is not defined.
    /// </summary>
    internal static bool TrySqrtRatio(in FieldElement u, in FieldElement v, out FieldElement result)
    {
        // u v^3 (u v^7)^((p - 5) / 8), RFC 8032, section 5.1.3.
        Square(v, out FieldElement v3);
        Multiply(v3, v, out v3);
        Square(v3, out FieldElement v7);
        Multiply(v7, v, out v7);
        Multiply(v7, u, out FieldElement power);
        PowerOfOnes(power, out FieldElement t250, out _);
        Square(t250, 2, out t250);
        Multiply(t250, power, out power); // 2^252 - 3 = (p - 5) / 8
        Multiply(power, v3, out FieldElement root);
        Multiply(root, u, out root);

        Square(root, out FieldElement check);
        Multiply(check, v, out check);
        Negate(u, out FieldElement minusU);
        ulong isRoot = AreEqual(check, u);
        ulong isRootOfMinus = AreEqual(check, minusU);
        Multiply(root, SqrtMinusOne, out FieldElement other);
        root.Assign(other, 0UL - isRootOfMinus);
        result = root;
        return (isRoot | isRootOfMinus) != 0;
    }

    /// <summary>a^(2^250 - 1), the long way of both powers above, and a^11 on the way.</summary>
    private static void PowerOfOnes(in FieldElement a, out FieldElement t250, out FieldElement a11)
    {
        Square(a, out FieldElement a2);
        Square(a2, 2, out FieldElement t);
        Multiply(t, a, out FieldElement a9);
        Multiply(a9, a2, out a11);
        Square(a11, out t);
        Multiply(t, a9, out FieldElement t5); // 2^5 - 1
        Square(t5, 5, out t);
        Multiply(t, t5, out FieldElement t10);
        Square(t10, 10, out t);
        Multiply(t, t10, out FieldElement t20);
        Square(t20, 20, out t);
        Multiply(t, t20, out t);
        Square(t, 10, out t);
        Multiply(t, t10, out FieldElement t50);
        Square(t50, 50, out t);
        Multiply(t, t50, out FieldElement t100);
        Square(t100, 100, out t);
        Multiply(t, t100, out t);
        Square(t, 50, out t);
        Multiply(t, t50, out t250);
    }
}
