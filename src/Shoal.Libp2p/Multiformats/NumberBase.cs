using System.Buffers.Binary;

namespace Shoal.Libp2p.Multiformats;

/// <summary>
/// The bases that read the bytes as one big number: base58btc and base36. Each leading zero byte is one leading zero digit.
/// </summary>
/// <remarks>The work grows with the square of the length; therefore the caps. Digits are handled five or six at a time, as many as fit a 32-bit limb.</remarks>
internal sealed class NumberBase
{
    internal static readonly NumberBase Base58 = new("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 5, ignoreCase: false);
    internal static readonly NumberBase Base36 = new("0123456789abcdefghijklmnopqrstuvwxyz", 6, ignoreCase: true);

    /// <summary>Longest input of <see cref="Encode"/>, in bytes. Names of peers take 42, hashes 66.</summary>
    internal const int MaxBytes = 512;

    /// <summary>Longest input of <see cref="TryDecode"/>, in characters.</summary>
    internal const int MaxChars = 800;

    private const byte None = 0xff;

    private readonly string _digits;
    private readonly int _perChunk;
    private readonly uint _chunk;
    private readonly byte[] _values = new byte[128];

    private NumberBase(string digits, int perChunk, bool ignoreCase)
    {
        _digits = digits;
        _perChunk = perChunk;
        _chunk = 1;
        for (int i = 0; i < perChunk; i++) _chunk *= (uint)digits.Length;
        Array.Fill(_values, None);
        for (int i = 0; i < digits.Length; i++)
        {
            _values[digits[i]] = (byte)i;
            if (ignoreCase) _values[char.ToUpperInvariant(digits[i])] = (byte)i;
        }
    }

    internal string Encode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new ArgumentException($"At most {MaxBytes} bytes can be written in this base.", nameof(bytes));

        int zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0) return new string(_digits[0], bytes.Length);
        bytes = bytes[zeros..];

        // Limbs in base 58^5 (36^6), least significant first; the number grows by 32 bits per step.
        Span<uint> limbs = stackalloc uint[(bytes.Length / 3) + 2];
        int used = 0;
        int head = bytes.Length % 4;
        for (int at = 0; at < bytes.Length;)
        {
            int take = at == 0 && head != 0 ? head : 4;
            ulong carry = 0;
            for (int i = 0; i < take; i++) carry = (carry << 8) | bytes[at + i];
            for (int i = 0; i < used; i++)
            {
                carry += (ulong)limbs[i] << (8 * take);
                limbs[i] = (uint)(carry % _chunk);
                carry /= _chunk;
            }

            for (; carry != 0; carry /= _chunk) limbs[used++] = (uint)(carry % _chunk);
            at += take;
        }

        Span<char> text = stackalloc char[zeros + (used * _perChunk)];
        int end = text.Length;
        for (int i = 0; i < used; i++)
        {
            uint limb = limbs[i];
            for (int d = 0; d < _perChunk; d++, limb /= (uint)_digits.Length) text[--end] = _digits[(int)(limb % (uint)_digits.Length)];
        }

        text = text[text[zeros..].IndexOfAnyExcept(_digits[0])..];
        text[..zeros].Fill(_digits[0]);
        return new string(text);
    }

    internal bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length > MaxChars) return false;

        int zeros = text.IndexOfAnyExcept(_digits[0]);
        if (zeros < 0) zeros = text.Length;
        ReadOnlySpan<char> rest = text[zeros..];

        Span<uint> limbs = stackalloc uint[(rest.Length / _perChunk) + 2];
        int used = 0;
        int head = rest.Length % _perChunk;
        for (int at = 0; at < rest.Length;)
        {
            int take = at == 0 && head != 0 ? head : _perChunk;
            ulong carry = 0;
            ulong scale = 1;
            for (int i = 0; i < take; i++)
            {
                char c = rest[at + i];
                byte value = c < 128 ? _values[c] : None;
                if (value == None) return false;
                carry = (carry * (ulong)_digits.Length) + value;
                scale *= (ulong)_digits.Length;
            }

            for (int i = 0; i < used; i++)
            {
                carry += limbs[i] * scale;
                limbs[i] = (uint)carry;
                carry >>= 32;
            }

            if (carry != 0) limbs[used++] = (uint)carry;
            at += take;
        }

        Span<byte> number = stackalloc byte[used * 4];
        for (int i = 0; i < used; i++) BinaryPrimitives.WriteUInt32BigEndian(number[((used - 1 - i) * 4)..], limbs[i]);
        number = number.TrimStart((byte)0);
        bytes = new byte[zeros + number.Length];
        number.CopyTo(bytes.AsSpan(zeros));
        return true;
    }
}
