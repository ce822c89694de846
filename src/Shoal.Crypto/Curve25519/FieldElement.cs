using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>
/// A number modulo p = 2^255 - 19, as five limbs of 51 bits, least significant first.
/// </summary>
/// <remarks>
/// <para>
/// Limbs may be larger than 51 bits between operations; every operation says what it takes and gives.
/// "Tight" limbs are below 2^51 + 2^18: what multiplication, squaring, <see cref="Carry"/> and reading bytes give.
/// Multiplication and squaring take any limbs below 2^54, so a sum or a difference of tight elements may go straight
/// into them.
/// </para>
/// <para>
/// Everything here runs in time independent of the values: no branch, no index and no carry by comparison.
/// </para>
/// </remarks>
[SkipLocalsInit]
internal partial struct FieldElement
{
    /// <summary>Bytes of an encoded element.</summary>
    internal const int Size = 32;

    private const int LimbBits = 51;
    private const ulong Mask = (1UL << LimbBits) - 1;

    // 2p and 4p limb by limb: added before a subtraction so that no limb becomes negative.
    private const ulong TwoP0 = 2 * (Mask - 18), TwoP = 2 * Mask;
    private const ulong FourP0 = 4 * (Mask - 18), FourP = 4 * Mask;

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

    /// <summary>Reads 32 little-endian bytes without their topmost bit; values from p to 2^255 - 1 are taken modulo p. Gives tight limbs.</summary>
    internal static void Read(ReadOnlySpan<byte> bytes, out FieldElement result)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        ulong w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        ulong w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        result._0 = w0 & Mask;
        result._1 = ((w0 >> 51) | (w1 << 13)) & Mask;
        result._2 = ((w1 >> 38) | (w2 << 26)) & Mask;
        result._3 = ((w2 >> 25) | (w3 << 39)) & Mask;
        result._4 = (w3 >> 12) & Mask;
    }

    /// <summary>Writes the one canonical encoding: 32 little-endian bytes of the value below p.</summary>
    internal readonly void Write(Span<byte> bytes)
    {
        Canonical(out ulong h0, out ulong h1, out ulong h2, out ulong h3, out ulong h4);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, h0 | (h1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (h1 >> 13) | (h2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (h2 >> 26) | (h3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (h3 >> 39) | (h4 << 12));
    }

    /// <summary>1 when the value is 0 modulo p, else 0.</summary>
    internal readonly ulong IsZero()
    {
        Canonical(out ulong h0, out ulong h1, out ulong h2, out ulong h3, out ulong h4);
        return ((h0 | h1 | h2 | h3 | h4) - 1) >> 63;
    }

    /// <summary>The lowest bit of the canonical value: what RFC 8032 calls the sign.</summary>
    internal readonly ulong Sign()
    {
        Canonical(out ulong h0, out _, out _, out _, out _);
        return h0 & 1;
    }

    /// <summary>1 when both values are equal modulo p, else 0. Takes tight limbs.</summary>
    internal static ulong AreEqual(in FieldElement a, in FieldElement b)
    {
        Subtract(a, b, out FieldElement difference);
        return difference.IsZero();
    }

    /// <summary>a + b, without carry: tight elements give limbs below 2^52 + 2^19.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        ulong r0 = a._0 + b._0, r1 = a._1 + b._1, r2 = a._2 + b._2, r3 = a._3 + b._3, r4 = a._4 + b._4;
        result._0 = r0;
        result._1 = r1;
        result._2 = r2;
        result._3 = r3;
        result._4 = r4;
    }

    /// <summary>a - b, without carry, for a tight b: adds 2^52 at most to a limb of a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Subtract(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        b.AssertBelow(TwoP0 + 1);
        ulong r0 = a._0 + TwoP0 - b._0, r1 = a._1 + TwoP - b._1, r2 = a._2 + TwoP - b._2;
        ulong r3 = a._3 + TwoP - b._3, r4 = a._4 + TwoP - b._4;
        result._0 = r0;
        result._1 = r1;
        result._2 = r2;
        result._3 = r3;
        result._4 = r4;
    }

    /// <summary>a - b, without carry, where b is itself a sum or difference of tight elements: adds 2^53 at most to a limb of a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void SubtractLoose(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        b.AssertBelow(FourP0 + 1);
        ulong r0 = a._0 + FourP0 - b._0, r1 = a._1 + FourP - b._1, r2 = a._2 + FourP - b._2;
        ulong r3 = a._3 + FourP - b._3, r4 = a._4 + FourP - b._4;
        result._0 = r0;
        result._1 = r1;
        result._2 = r2;
        result._3 = r3;
        result._4 = r4;
    }

    /// <summary>-a, for a tight a. Gives tight limbs.</summary>
    internal static void Negate(in FieldElement a, out FieldElement result)
    {
        Subtract(default, a, out result);
        result.Carry();
    }

    /// <summary>Makes limbs tight again.</summary>
    internal void Carry()
    {
        ulong c0 = _0 >> LimbBits, c1 = _1 >> LimbBits, c2 = _2 >> LimbBits, c3 = _3 >> LimbBits, c4 = _4 >> LimbBits;
        _0 = (_0 & Mask) + (c4 * 19);
        _1 = (_1 & Mask) + c0;
        _2 = (_2 & Mask) + c1;
        _3 = (_3 & Mask) + c2;
        _4 = (_4 & Mask) + c3;
    }

    /// <summary>Exchanges a and b when <paramref name="mask"/> is all ones, leaves them when it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Swap(ref FieldElement a, ref FieldElement b, ulong mask)
    {
        ulong x0 = (a._0 ^ b._0) & mask, x1 = (a._1 ^ b._1) & mask, x2 = (a._2 ^ b._2) & mask;
        ulong x3 = (a._3 ^ b._3) & mask, x4 = (a._4 ^ b._4) & mask;
        a._0 ^= x0;
        a._1 ^= x1;
        a._2 ^= x2;
        a._3 ^= x3;
        a._4 ^= x4;
        b._0 ^= x0;
        b._1 ^= x1;
        b._2 ^= x2;
        b._3 ^= x3;
        b._4 ^= x4;
    }

    /// <summary>Replaces this by <paramref name="other"/> when <paramref name="mask"/> is all ones, leaves it when it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Assign(in FieldElement other, ulong mask)
    {
        _0 ^= (_0 ^ other._0) & mask;
        _1 ^= (_1 ^ other._1) & mask;
        _2 ^= (_2 ^ other._2) & mask;
        _3 ^= (_3 ^ other._3) & mask;
        _4 ^= (_4 ^ other._4) & mask;
    }

    private readonly void Canonical(out ulong h0, out ulong h1, out ulong h2, out ulong h3, out ulong h4)
    {
        FieldElement t = this;
        t.Carry();
        t.Carry();
        h0 = t._0;
        h1 = t._1;
        h2 = t._2;
        h3 = t._3;
        h4 = t._4;

        // The value is below 2p now. q is 1 when it is p or more, that is, when adding 19 carries out of bit 255.
        ulong q = (h0 + 19) >> LimbBits;
        q = (h1 + q) >> LimbBits;
        q = (h2 + q) >> LimbBits;
        q = (h3 + q) >> LimbBits;
        q = (h4 + q) >> LimbBits;

        h0 += 19 * q;
        h1 += h0 >> LimbBits;
        h0 &= Mask;
        h2 += h1 >> LimbBits;
        h1 &= Mask;
        h3 += h2 >> LimbBits;
        h2 &= Mask;
        h4 += h3 >> LimbBits;
        h3 &= Mask;
        h4 &= Mask;
    }

    [Conditional("DEBUG")]
    private readonly void AssertBelow(ulong bound) =>
        Debug.Assert(_0 < bound && _1 < bound && _2 < bound && _3 < bound && _4 < bound, "a limb is larger than the operation allows");
}
