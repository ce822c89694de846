using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Tests.Libp2p.Multiformats;

public class MultibaseTests
{
    /// <summary>multiformats/multibase, tests/basic.csv: "yes mani !".</summary>
    public static readonly TheoryData<MultibaseEncoding, string> Basic = new()
    {
        { MultibaseEncoding.Base16, "f796573206d616e692021" },
        { MultibaseEncoding.Base16Upper, "F796573206D616E692021" },
        { MultibaseEncoding.Base32, "bpfsxgidnmfxgsibb" },
        { MultibaseEncoding.Base32Upper, "BPFSXGIDNMFXGSIBB" },
        { MultibaseEncoding.Base32Hex, "vf5in683dc5n6i811" },
        { MultibaseEncoding.Base32HexUpper, "VF5IN683DC5N6I811" },
        { MultibaseEncoding.Base32Pad, "cpfsxgidnmfxgsibb" },
        { MultibaseEncoding.Base32PadUpper, "CPFSXGIDNMFXGSIBB" },
        { MultibaseEncoding.Base32HexPad, "tf5in683dc5n6i811" },
        { MultibaseEncoding.Base32HexPadUpper, "TF5IN683DC5N6I811" },
        { MultibaseEncoding.Base36, "k2lcpzo5yikidynfl" },
        { MultibaseEncoding.Base36Upper, "K2LCPZO5YIKIDYNFL" },
        { MultibaseEncoding.Base58Btc, "z7paNL19xttacUY" },
        { MultibaseEncoding.Base64, "meWVzIG1hbmkgIQ" },
        { MultibaseEncoding.Base64Pad, "MeWVzIG1hbmkgIQ==" },
        { MultibaseEncoding.Base64Url, "ueWVzIG1hbmkgIQ" },
        { MultibaseEncoding.Base64UrlPad, "UeWVzIG1hbmkgIQ==" },
    };

    /// <summary>multiformats/multibase, tests/two_leading_zeros.csv: two zero bytes, then "yes mani !".</summary>
    public static readonly TheoryData<MultibaseEncoding, string> LeadingZeros = new()
    {
        { MultibaseEncoding.Base16, "f0000796573206d616e692021" },
        { MultibaseEncoding.Base32, "baaahszltebwwc3tjeaqq" },
        { MultibaseEncoding.Base32Hex, "v0007ipbj41mm2rj940gg" },
        { MultibaseEncoding.Base32Pad, "caaahszltebwwc3tjeaqq====" },
        { MultibaseEncoding.Base32PadUpper, "CAAAHSZLTEBWWC3TJEAQQ====" },
        { MultibaseEncoding.Base32HexPad, "t0007ipbj41mm2rj940gg====" },
        { MultibaseEncoding.Base36, "k002lcpzo5yikidynfl" },
        { MultibaseEncoding.Base58Btc, "z117paNL19xttacUY" },
        { MultibaseEncoding.Base64, "mAAB5ZXMgbWFuaSAh" },
        { MultibaseEncoding.Base64Url, "uAAB5ZXMgbWFuaSAh" },
    };

    [Theory]
    [MemberData(nameof(Basic))]
    public void Writes_and_reads_the_basic_vectors(MultibaseEncoding encoding, string text) => Check(encoding, text, "yes mani !");

    [Theory]
    [MemberData(nameof(LeadingZeros))]
    public void Keeps_leading_zeros(MultibaseEncoding encoding, string text) => Check(encoding, text, "\0\0yes mani !");

    // multiformats/multibase, tests/case_insensitivity.csv: "hello world".
    [Theory]
    [InlineData("f68656c6c6f20776F726C64")]
    [InlineData("F68656c6c6f20776F726C64")]
    [InlineData("bnbswy3dpeB3W64TMMQ")]
    [InlineData("Bnbswy3dpeB3W64TMMQ")]
    [InlineData("vd1imor3f41RMUSJCCG")]
    [InlineData("cnbswy3dpeB3W64TMMQ======")]
    [InlineData("Td1imor3f41RMUSJCCG======")]
    [InlineData("kfUvrsIvVnfRbjWaJo")]
    [InlineData("KfUVrSIVVnFRbJWAJo")]
    public void Small_and_capital_digits_are_the_same_where_the_base_has_one_case(string text)
    {
        Assert.True(Multibase.TryDecode(text, out byte[] bytes));
        Assert.Equal("hello world", Encoding.UTF8.GetString(bytes));
    }

    // draft-msporny-base58-03, section 5.
    [Theory]
    [InlineData("48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U")]
    [InlineData("54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z")]
    [InlineData("0000287fb4cd", "11233QC4")]
    [InlineData("", "")]
    [InlineData("00", "1")]
    [InlineData("000000", "111")]
    public void Base58_has_the_values_of_the_draft(string hex, string text)
    {
        Assert.Equal(text, NumberBase.Base58.Encode(Convert.FromHexString(hex)));
        Assert.True(NumberBase.Base58.TryDecode(text, out byte[] bytes));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes));
    }

    // RFC 4648, section 10, "foobar" and its beginnings.
    [Theory]
    [InlineData("f", "MY======", "CO======", "Zg==")]
    [InlineData("fo", "MZXQ====", "CPNG====", "Zm8=")]
    [InlineData("foo", "MZXW6===", "CPNMU===", "Zm9v")]
    [InlineData("foob", "MZXW6YQ=", "CPNMUOG=", "Zm9vYg==")]
    [InlineData("fooba", "MZXW6YTB", "CPNMUOJ1", "Zm9vYmE=")]
    [InlineData("foobar", "MZXW6YTBOI======", "CPNMUOJ1E8======", "Zm9vYmFy")]
    public void Rfc_4648_vectors(string data, string base32, string base32Hex, string base64)
    {
        Check(MultibaseEncoding.Base32PadUpper, "C" + base32, data);
        Check(MultibaseEncoding.Base32HexPadUpper, "T" + base32Hex, data);
        Check(MultibaseEncoding.Base64Pad, "M" + base64, data);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x00")] // no such base
    [InlineData("f0")] // half a byte
    [InlineData("fgg")]
    [InlineData("ba")] // five bits are no byte
    [InlineData("bab")] // bits left over that are not zero
    [InlineData("caa")] // padding missing
    [InlineData("c========")] // padding alone
    [InlineData("z0")] // not a digit of base 58
    [InlineData("zé")]
    [InlineData("uab+/")]
    public void Refuses_wrong_digits_lengths_and_leftovers(string text) => Assert.False(Multibase.TryDecode(text, out _));

    [Fact]
    public void Base_58_and_36_stop_at_their_limits()
    {
        Assert.False(Multibase.TryDecode("z" + new string('z', NumberBase.MaxChars + 1), out _));
        Assert.True(Multibase.TryDecode("z" + new string('z', NumberBase.MaxChars), out _));
        Assert.False(Multibase.TryDecode(new string('f', Multibase.MaxChars + 1), out _));
        Assert.Throws<ArgumentException>(() => Multibase.Encode(MultibaseEncoding.Base58Btc, new byte[NumberBase.MaxBytes + 1]));
        byte[] longest = new byte[NumberBase.MaxBytes];
        longest.AsSpan().Fill(0xff);
        foreach (MultibaseEncoding encoding in new[] { MultibaseEncoding.Base58Btc, MultibaseEncoding.Base36 })
        {
            Assert.True(Multibase.TryDecode(Multibase.Encode(encoding, longest), out byte[] bytes));
            Assert.Equal(longest, bytes);
        }
    }

    [Fact]
    public void What_is_written_is_read_in_every_base() => Prop.ForAll<byte[], byte>((data, zeros) =>
    {
        byte[] bytes = [.. new byte[zeros % 4], .. data];
        return Enum.GetValues<MultibaseEncoding>().All(e =>
            Multibase.TryDecode(Multibase.Encode(e, bytes), out byte[] read, out MultibaseEncoding found) && found == e && read.AsSpan().SequenceEqual(bytes));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_is_refused_or_has_one_spelling() => Prop.ForAll<string>(garbage =>
    {
        foreach (MultibaseEncoding encoding in Enum.GetValues<MultibaseEncoding>())
        {
            string text = (char)encoding + garbage;
            if (Multibase.TryDecode(text, out byte[] bytes) && !string.Equals(Multibase.Encode(encoding, bytes), text, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static void Check(MultibaseEncoding encoding, string text, string data)
    {
        Assert.Equal(text, Multibase.Encode(encoding, Encoding.UTF8.GetBytes(data)));
        Assert.True(Multibase.TryDecode(text, out byte[] bytes, out MultibaseEncoding found));
        Assert.Equal(data, Encoding.UTF8.GetString(bytes));
        Assert.Equal(encoding, found);
    }
}
