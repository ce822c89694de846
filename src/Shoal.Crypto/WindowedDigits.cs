using System.Buffers.Binary;

namespace Shoal.Crypto;

/// <summary>Numbers as windowed non-adjacent forms, for multiplying points by public factors: variable time, never for secrets.</summary>
internal static class WindowedDigits
{
    /// <summary>Digits of a 256-bit number.</summary>
    internal const int Count = 257;

    /// <summary>
    /// Writes 32 little-endian bytes as digits of weight 2^i, each zero or odd and below 2^(width - 1) in size; of
    /// <paramref name="width"/> neighbours at most one is not zero.
    /// </summary>
    /// <param name="number">32 bytes.</param>
    /// <param name="width">2 to 8.</param>
    /// <param name="digits"><see cref="Count"/> digits.</param>
    internal static void Write(ReadOnlySpan<byte> number, int width, Span<sbyte> digits)
    {
        Span<ulong> words = stackalloc ulong[5];
        for (int i = 0; i < 4; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(number[(8 * i)..]);
        words[4] = 0;

        digits.Clear();
        int mask = (1 << width) - 1, carry = 0;
        for (int position = 0; position < Count;)
        {
            int word = position >> 6, bit = position & 63;
            ulong window = words[word] >> bit;
            if (bit > 64 - width && word < 4) window |= words[word + 1] << (64 - bit);
            int digit = ((int)window & mask) + carry;
            if ((digit & 1) == 0)
            {
                position++;
                continue;
            }

            carry = digit >> (width - 1);
            digits[position] = (sbyte)(digit - (carry << width));
            position += width;
        }
    }
}
