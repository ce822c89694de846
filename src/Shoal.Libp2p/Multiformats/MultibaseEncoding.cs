namespace Shoal.Libp2p.Multiformats;

/// <summary>Ways to write bytes as text; the value is the character that announces it (multiformats/multibase).</summary>
public enum MultibaseEncoding
{
    /// <summary>Hexadecimal.</summary>
    Base16 = 'f',

    /// <summary>Hexadecimal in capitals.</summary>
    Base16Upper = 'F',

    /// <summary>RFC 4648 base 32 without padding; the usual one for CIDs.</summary>
    Base32 = 'b',

    /// <summary>RFC 4648 base 32 in capitals.</summary>
    Base32Upper = 'B',

    /// <summary>RFC 4648 base 32 with padding.</summary>
    Base32Pad = 'c',

    /// <summary>RFC 4648 base 32 in capitals with padding.</summary>
    Base32PadUpper = 'C',

    /// <summary>RFC 4648 base 32 with the extended hexadecimal alphabet.</summary>
    Base32Hex = 'v',

    /// <summary>The same in capitals.</summary>
    Base32HexUpper = 'V',

    /// <summary>RFC 4648 base 32 with the extended hexadecimal alphabet and padding.</summary>
    Base32HexPad = 't',

    /// <summary>The same in capitals.</summary>
    Base32HexPadUpper = 'T',

    /// <summary>Base 36: digits and small letters; fits a DNS label.</summary>
    Base36 = 'k',

    /// <summary>Base 36 in capitals.</summary>
    Base36Upper = 'K',

    /// <summary>Base 58 with Bitcoin's alphabet.</summary>
    Base58Btc = 'z',

    /// <summary>RFC 4648 base 64 without padding.</summary>
    Base64 = 'm',

    /// <summary>RFC 4648 base 64 with padding.</summary>
    Base64Pad = 'M',

    /// <summary>RFC 4648 base 64 for URLs without padding; the usual one for certificate hashes.</summary>
    Base64Url = 'u',

    /// <summary>RFC 4648 base 64 for URLs with padding.</summary>
    Base64UrlPad = 'U',
}
