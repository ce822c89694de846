using System.Globalization;
using System.Text;

namespace Shoal.Libp2p.Multiformats;

/// <summary>Percent-encoding of bytes (RFC 3986, section 2.1).</summary>
internal static class PercentCoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    internal static string Encode(ReadOnlySpan<byte> bytes, bool keepSlashes)
    {
        StringBuilder text = new(bytes.Length);
        foreach (byte b in bytes)
        {
            if (Unreserved.Contains((char)b, StringComparison.Ordinal) || (keepSlashes && b == '/')) text.Append((char)b);
            else text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }

    /// <summary>The bytes; null when a percent sign is not followed by two hexadecimal digits.</summary>
    internal static byte[]? Decode(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int to = 0;
        for (int from = 0; from < bytes.Length; from++)
        {
            byte b = bytes[from];
            if (b == '%')
            {
                if (from + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[from + 1]) || !char.IsAsciiHexDigit((char)bytes[from + 2])) return null;
                b = byte.Parse(bytes.AsSpan(from + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                from += 2;
            }

            bytes[to++] = b;
        }

        return bytes[..to];
    }
}
