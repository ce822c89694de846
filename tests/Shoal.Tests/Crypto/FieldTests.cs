using System.Globalization;
using System.Numerics;
using Shoal.Crypto;
using Shoal.Crypto.Curve25519;
using KoblitzField = Shoal.Crypto.Secp256k1Curve.FieldElement;

namespace Shoal.Tests.Crypto;

/// <summary>Fields and scalars against BigInteger, on random values and on those next to the edges.</summary>
public class FieldTests
{
    private static readonly BigInteger P = (BigInteger.One << 255) - 19;
    private static readonly BigInteger L = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
    private static readonly BigInteger KoblitzP = (BigInteger.One << 256) - (BigInteger.One << 32) - 977;

    [Fact]
    public void Curve25519_field_operations_are_right()
    {
        foreach ((BigInteger a, BigInteger b) in Pairs(P, 255))
        {
            FieldElement x = Field(a), y = Field(b);
            FieldElement.Multiply(x, y, out FieldElement r);
            Assert.Equal(a * b % P, Value(r));
            FieldElement.Square(x, out r);
            Assert.Equal(a * a % P, Value(r));
            FieldElement.Square(x, 3, out r);
            Assert.Equal(BigInteger.ModPow(a, 8, P), Value(r));
            FieldElement.Multiply(x, 121665u, out r);
            Assert.Equal(a * 121665 % P, Value(r));
            FieldElement.Add(x, y, out r);
            Assert.Equal((a + b) % P, Value(r));
            FieldElement.Subtract(x, y, out FieldElement difference);
            Assert.Equal((a - b + P + P) % P, Value(difference));
            FieldElement.SubtractLoose(difference, r, out r);
            FieldElement.Multiply(difference, r, out r);
            Assert.Equal(((a - b) * -2 * b % P + P) % P, Value(r));
            FieldElement.Negate(x, out r);
            Assert.Equal((P + P - a) % P, Value(r));
            FieldElement.Invert(x, out r);
            Assert.Equal(BigInteger.ModPow(a, P - 2, P), Value(r));
            Assert.Equal(a % P == 0 ? 1UL : 0UL, x.IsZero());
            Assert.Equal(a % P == b % P ? 1UL : 0UL, FieldElement.AreEqual(x, y));
        }
    }

    [Fact]
    public void Largest_factors_do_not_overflow()
    {
        const ulong limb = (1UL << 54) - 1;
        var x = new FieldElement(limb, limb, limb, limb, limb);
        BigInteger value = 0;
        for (int i = 0; i < 5; i++) value += new BigInteger(limb) << (51 * i);
        FieldElement.Multiply(x, x, out FieldElement r);
        Assert.Equal(value * value % P, Value(r));
        FieldElement.Square(x, out r);
        Assert.Equal(value * value % P, Value(r));
        FieldElement.Multiply(x, (1u << 17) - 1, out r);
        Assert.Equal(value * ((1u << 17) - 1) % P, Value(r));

        const ulong wide = (1UL << 55) - 1;
        var y = new KoblitzField(wide, wide, wide, wide, wide);
        value = 0;
        for (int i = 0; i < 5; i++) value += new BigInteger(wide) << (52 * i);
        KoblitzField.Multiply(y, y, out KoblitzField s);
        Assert.True(KoblitzField.AreEqual(Koblitz(value * value % KoblitzP), s));
        KoblitzField.Square(y, out s);
        Assert.True(KoblitzField.AreEqual(Koblitz(value * value % KoblitzP), s));
    }

    [Fact]
    public void Scalars_modulo_L_are_right()
    {
        var random = new Random(11);
        byte[] wide = new byte[64], result = new byte[32];
        for (int i = 0; i < 500; i++)
        {
            if (i == 0) wide.AsSpan().Fill(0xff);
            else random.NextBytes(wide);
            Scalar.Reduce(wide, result);
            Assert.Equal(Unsigned(wide) % L, Unsigned(result));
        }

        foreach ((BigInteger a, BigInteger b) in Pairs(L, 255))
        {
            Scalar.MultiplyAdd(Bytes(a % L), Bytes(b), Bytes((a + b) % L), result);
            Assert.Equal(((a % L * b) + a + b) % L, Unsigned(result));
            Assert.Equal(a < L, Scalar.IsCanonical(Bytes(a)));
        }
    }

    [Fact]
    public void Windowed_digits_add_up()
    {
        Span<sbyte> digits = stackalloc sbyte[WindowedDigits.Count];
        foreach ((BigInteger a, _) in Pairs(KoblitzP, 256))
        {
            for (int width = 2; width <= 8; width++)
            {
                WindowedDigits.Write(Bytes(a), width, digits);
                BigInteger sum = 0;
                for (int i = 0; i < digits.Length; i++)
                {
                    Assert.True(digits[i] == 0 || ((digits[i] & 1) == 1 && Math.Abs((int)digits[i]) < 1 << (width - 1)));
                    sum += new BigInteger(digits[i]) << i;
                }

                Assert.Equal(a, sum);
            }
        }
    }

    [Fact]
    public void Koblitz_field_operations_are_right()
    {
        foreach ((BigInteger first, BigInteger second) in Pairs(KoblitzP, 256))
        {
            BigInteger a = first % KoblitzP, b = second % KoblitzP;
            KoblitzField x = Koblitz(a), y = Koblitz(b);
            Assert.Equal(first < KoblitzP, KoblitzField.TryRead(Bytes(first, bigEndian: true), out _));
            KoblitzField.Multiply(x, y, out KoblitzField r);
            Assert.True(KoblitzField.AreEqual(Koblitz(a * b % KoblitzP), r));
            KoblitzField.Subtract(x, y, out KoblitzField d);
            d.Carry();
            Assert.True(KoblitzField.AreEqual(Koblitz((a - b + KoblitzP) % KoblitzP), d));
            Assert.Equal(a == b, d.IsZero());
            KoblitzField.Multiply(d, r, out d);
            Assert.True(KoblitzField.AreEqual(Koblitz(((a - b) * a * b % KoblitzP + KoblitzP) % KoblitzP), d));
            KoblitzField.Square(x, out r);
            Assert.True(KoblitzField.AreEqual(Koblitz(a * a % KoblitzP), r));
            Assert.True(KoblitzField.TrySqrt(r, out r));
            KoblitzField.Scale(x, 8, out r);
            Assert.True(KoblitzField.AreEqual(Koblitz(a * 8 % KoblitzP), r));
            KoblitzField.Invert(x, out r);
            Assert.True(KoblitzField.AreEqual(Koblitz(BigInteger.ModPow(a, KoblitzP - 2, KoblitzP)), r));
            Assert.Equal(!a.IsEven, x.IsOdd());
        }
    }

    /// <summary>Numbers of so many bits: those around 0, the modulus and the limits of limbs, each with each, and random ones.</summary>
    private static IEnumerable<(BigInteger A, BigInteger B)> Pairs(BigInteger modulus, int bits)
    {
        BigInteger limit = BigInteger.One << bits;
        List<BigInteger> edges = [0, 1, 2, 18, 19, modulus - 2, modulus - 1, modulus, modulus + 1, limit - 1, limit >> 1, modulus >> 1];
        for (int i = 1; i < 5; i++) edges.AddRange([(BigInteger.One << (51 * i)) - 1, BigInteger.One << (52 * i)]);
        edges.RemoveAll(e => e >= limit);
        foreach (BigInteger a in edges)
            foreach (BigInteger b in edges)
                yield return (a, b);

        var random = new Random(bits);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(bytes);
            BigInteger a = Unsigned(bytes) % limit;
            random.NextBytes(bytes);
            yield return (a, Unsigned(bytes) % limit);
        }
    }

    private static FieldElement Field(BigInteger value)
    {
        FieldElement.Read(Bytes(value), out FieldElement element);
        return element;
    }

    private static BigInteger Value(in FieldElement element)
    {
        byte[] bytes = new byte[32];
        element.Write(bytes);
        return Unsigned(bytes);
    }

    private static KoblitzField Koblitz(BigInteger value)
    {
        Assert.True(KoblitzField.TryRead(Bytes(value, bigEndian: true), out KoblitzField element));
        return element;
    }

    private static BigInteger Unsigned(byte[] bytes) => new(bytes, isUnsigned: true);

    private static byte[] Bytes(BigInteger value, bool bigEndian = false)
    {
        byte[] bytes = new byte[32];
        Assert.True(value.TryWriteBytes(bytes, out int written, isUnsigned: true));
        if (bigEndian) bytes.AsSpan().Reverse();
        return bytes;
    }
}
