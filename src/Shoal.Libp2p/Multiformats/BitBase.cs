namespace Shoal.Libp2p.Multiformats;

/// <summary>
/// The bases whose digits are whole bits (RFC 4648): 16, 32 and 64. Strict: what is left of the last digit is zero, and padding is exact where there is one.
/// </summary>
internal sealed class BitBase
{
    internal static readonly BitBase Base16 = new("0123456789abcdef", 4, ignoreCase: true);
    internal static readonly BitBase Base32 = new("abcdefghijklmnopqrstuvwxyz234567", 5, ignoreCase: true);
    internal static readonly BitBase Base32Hex = new("0123456789abcdefghijklmnopqrstuv", 5, ignoreCase: true);
    internal static readonly BitBase Base64 = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, ignoreCase: false);
    internal static readonly BitBase Base64Url = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6, ignoreCase: false);

    /// <summary>Base64 as I2P writes it.</summary>
    internal static readonly BitBase Base64Garlic = new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~", 6, ignoreCase: false);

    private const byte None = 0xff;

    private readonly string _digits;
    private readonly int _bits;
    private readonly byte[] _values = new byte[128];

    private BitBase(string digits, int bits, bool ignoreCase)
    {
        _digits = digits;
        _bits = bits;
        Array.Fill(_values, None);
        for (int i = 0; i < digits.Length; i++)
        {
            _values[digits[i]] = (byte)i;
            if (ignoreCase) _values[char.ToUpperInvariant(digits[i])] = (byte)i;
        }
    }

    /// <summary>Digits that pad to: whole bytes and whole digits meet every 8 digits (base 32) or 4 (base 64).</summary>
    private int Group => _bits == 5 ? 8 : _bits == 6 ? 4 : 2;

    internal string Encode(ReadOnlySpan<byte> bytes, bool pad = false)
    {
        int length = ((bytes.Length * 8) + _bits - 1) / _bits;
        int padded = pad ? (length + Group - 1) / Group * Group : length;
        char[] text = new char[padded];
        int at = 0, held = 0;
        uint buffer = 0;
        foreach (byte b in bytes)
        {
            buffer = (buffer << 8) | b;
            for (held += 8; held >= _bits; held -= _bits) text[at++] = _digits[(int)(buffer >> (held - _bits)) & ((1 << _bits) - 1)];
        }

        if (held > 0) text[at++] = _digits[(int)(buffer << (_bits - held)) & ((1 << _bits) - 1)];
        text.AsSpan(at).Fill('=');
        return new string(text);
    }

    internal bool TryDecode(ReadOnlySpan<char> text, bool padded, out byte[] bytes)
    {
        bytes = [];
        if (padded)
        {
            if (text.Length % Group != 0) return false;
            int whole = text.Length;
            text = text.TrimEnd('=');
            if (whole - text.Length >= Group) return false;
        }

        int leftover = text.Length * _bits % 8;
        if (leftover >= _bits) return false; // A digit too many: the bytes were whole without it.

        byte[] result = new byte[text.Length * _bits / 8];
        int at = 0, held = 0;
        uint buffer = 0;
        foreach (char c in text)
        {
            byte value = c < 128 ? _values[c] : None;
            if (value == None) return false;
            buffer = (buffer << _bits) | value;
            held += _bits;
            if (held < 8) continue;
            held -= 8;
            result[at++] = (byte)(buffer >> held);
        }

        if ((buffer & ((1u << held) - 1)) != 0) return false;
        bytes = result;
        return true;
    }
}
