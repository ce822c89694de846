namespace Shoal.Libp2p.Multiformats;

/// <summary>Bytes as text with a first character that says which base (multiformats/multibase). The bases that libp2p uses.</summary>
public static class Multibase
{
    /// <summary>Longest text that is decoded, in characters. Default: 4096; base 36 and base 58, whose work grows with the square of the length, stop at 800.</summary>
    public const int MaxChars = 4096;

    /// <summary>Writes bytes as text.</summary>
    /// <exception cref="ArgumentException">The encoding is unknown, or base 36 or 58 and there are more than 512 bytes.</exception>
    public static string Encode(MultibaseEncoding encoding, ReadOnlySpan<byte> bytes) => (char)encoding + encoding switch
    {
        MultibaseEncoding.Base16 => BitBase.Base16.Encode(bytes),
        MultibaseEncoding.Base16Upper => BitBase.Base16.Encode(bytes).ToUpperInvariant(),
        MultibaseEncoding.Base32 => BitBase.Base32.Encode(bytes),
        MultibaseEncoding.Base32Upper => BitBase.Base32.Encode(bytes).ToUpperInvariant(),
        MultibaseEncoding.Base32Pad => BitBase.Base32.Encode(bytes, pad: true),
        MultibaseEncoding.Base32PadUpper => BitBase.Base32.Encode(bytes, pad: true).ToUpperInvariant(),
        MultibaseEncoding.Base32Hex => BitBase.Base32Hex.Encode(bytes),
        MultibaseEncoding.Base32HexUpper => BitBase.Base32Hex.Encode(bytes).ToUpperInvariant(),
        MultibaseEncoding.Base32HexPad => BitBase.Base32Hex.Encode(bytes, pad: true),
        MultibaseEncoding.Base32HexPadUpper => BitBase.Base32Hex.Encode(bytes, pad: true).ToUpperInvariant(),
        MultibaseEncoding.Base36 => NumberBase.Base36.Encode(bytes),
        MultibaseEncoding.Base36Upper => NumberBase.Base36.Encode(bytes).ToUpperInvariant(),
        MultibaseEncoding.Base58Btc => NumberBase.Base58.Encode(bytes),
        MultibaseEncoding.Base64 => BitBase.Base64.Encode(bytes),
        MultibaseEncoding.Base64Pad => BitBase.Base64.Encode(bytes, pad: true),
        MultibaseEncoding.Base64Url => BitBase.Base64Url.Encode(bytes),
        MultibaseEncoding.Base64UrlPad => BitBase.Base64Url.Encode(bytes, pad: true),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not a base that is known here."),
    };

    /// <summary>Reads text in any of the bases. False when it is not one of them, has a wrong digit, or is too long.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes) => TryDecode(text, out bytes, out _);

    /// <summary>Reads text in any of the bases, and says which it was. False when it is not one of them, has a wrong digit, or is too long.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes, out MultibaseEncoding encoding)
    {
        bytes = [];
        encoding = default;
        if (text.IsEmpty || text.Length > MaxChars) return false;

        encoding = (MultibaseEncoding)text[0];
        ReadOnlySpan<char> digits = text[1..];
        return encoding switch
        {
            MultibaseEncoding.Base16 or MultibaseEncoding.Base16Upper => BitBase.Base16.TryDecode(digits, padded: false, out bytes),
            MultibaseEncoding.Base32 or MultibaseEncoding.Base32Upper => BitBase.Base32.TryDecode(digits, padded: false, out bytes),
            MultibaseEncoding.Base32Pad or MultibaseEncoding.Base32PadUpper => BitBase.Base32.TryDecode(digits, padded: true, out bytes),
            MultibaseEncoding.Base32Hex or MultibaseEncoding.Base32HexUpper => BitBase.Base32Hex.TryDecode(digits, padded: false, out bytes),
            MultibaseEncoding.Base32HexPad or MultibaseEncoding.Base32HexPadUpper => BitBase.Base32Hex.TryDecode(digits, padded: true, out bytes),
            MultibaseEncoding.Base36 or MultibaseEncoding.Base36Upper => NumberBase.Base36.TryDecode(digits, out bytes),
            MultibaseEncoding.Base58Btc => NumberBase.Base58.TryDecode(digits, out bytes),
            MultibaseEncoding.Base64 => BitBase.Base64.TryDecode(digits, padded: false, out bytes),
            MultibaseEncoding.Base64Pad => BitBase.Base64.TryDecode(digits, padded: true, out bytes),
            MultibaseEncoding.Base64Url => BitBase.Base64Url.TryDecode(digits, padded: false, out bytes),
            MultibaseEncoding.Base64UrlPad => BitBase.Base64Url.TryDecode(digits, padded: true, out bytes),
            _ => false,
        };
    }
}
