using System.Runtime.CompilerServices;

namespace Shoal.Crypto.Curve25519;

/// <summary>
/// Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the generator. A scalar is 32
/// little-endian bytes.
/// </summary>
/// <remarks>Time does not depend on values, except where a method says so.</remarks>
[SkipLocalsInit]
internal static class Scalar
{
    /// <summary>Bytes of an encoded scalar.</summary>
    internal const int Size = 32;

    private const int Limbs = MontgomeryModulus.Limbs;

    private static readonly MontgomeryModulus L = new(
        [0x2631a5cf5d3ed, 0xdea2f79cd6581, 0x14def9, 0, 0x100000000000],
        [0xf48bd6721e6ed, 0x3bab5ac67e45a, 0xfffffeb35e51b, 0xfffffffffffff, 0xfffffffffff],
        [0x9d265e952d13b, 0xd63c715bea69f, 0x5be65cb687604, 0x3dceec73d217f, 0x9411b7c309a],
        0x51da312547e1b);

    private static ReadOnlySpan<byte> LBytes =>
    [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];

    /// <summary>True when 32 little-endian bytes are a number below L. Variable time: signatures are public.</summary>
    internal static bool IsCanonical(ReadOnlySpan<byte> bytes)
    {
        for (int i = Size - 1; i >= 0; i--)
            if (bytes[i] != LBytes[i])
                return bytes[i] < LBytes[i];
        return false;
    }

    /// <summary>Reduces 64 little-endian bytes, a SHA-512 digest, to 32.</summary>
    internal static void Reduce(ReadOnlySpan<byte> wide, Span<byte> result)
    {
        Span<ulong> low = stackalloc ulong[Limbs], high = stackalloc ulong[Limbs];
        for (int i = 0; i < Limbs; i++)
        {
            low[i] = MontgomeryModulus.LimbAt(wide, i);
            high[i] = MontgomeryModulus.LimbAt(wide, i + Limbs);
        }

        // low + high·2^260, each as a Montgomery product.
        L.Multiply(low, L.R, low);
        L.Multiply(high, L.RR, high);
        L.Add(low, high, low);
        MontgomeryModulus.Write(low, result);
        MontgomeryModulus.Zero(low);
        MontgomeryModulus.Zero(high);
    }

    /// <summary>a·b + c modulo L, of three scalars of 32 bytes; a is below L, b any 255-bit number, c below L.</summary>
    internal static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> result)
    {
        Span<ulong> x = stackalloc ulong[Limbs], y = stackalloc ulong[Limbs], z = stackalloc ulong[Limbs];
        MontgomeryModulus.Read(a, x);
        MontgomeryModulus.Read(b, y);
        MontgomeryModulus.Read(c, z);
        L.Multiply(x, y, x);
        L.Multiply(x, L.RR, x);
        L.Add(x, z, x);
        MontgomeryModulus.Write(x, result);
        MontgomeryModulus.Zero(x);
        MontgomeryModulus.Zero(y);
        MontgomeryModulus.Zero(z);
    }
}
