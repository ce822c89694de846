using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shoal.Libp2p.Multiformats;

/// <summary>One kind of value in a multiaddr: how it is written as text, and which bytes are allowed.</summary>
/// <remarks>For every kind and all valid bytes, <c>Parse(Format(bytes))</c> gives the same bytes.</remarks>
internal abstract class MultiaddrValue
{
    internal static readonly MultiaddrValue None = new NoValue();
    internal static readonly MultiaddrValue Ip4 = new IpValue(AddressFamily.InterNetwork, 4, "an IPv4 address");
    internal static readonly MultiaddrValue Ip6 = new IpValue(AddressFamily.InterNetworkV6, 16, "an IPv6 address");
    internal static readonly MultiaddrValue Port = new PortValue();
    internal static readonly MultiaddrValue PrefixLength = new PrefixLengthValue();
    internal static readonly MultiaddrValue Name = new NameValue("a name");
    internal static readonly MultiaddrValue Zone = new NameValue("an interface's name or number");
    internal static readonly MultiaddrValue Domain = new NameValue("a domain name");
    internal static readonly MultiaddrValue Peer = new PeerValue();
    internal static readonly MultiaddrValue Hash = new HashValue();
    internal static readonly MultiaddrValue FilePath = new FilePathValue();
    internal static readonly MultiaddrValue HttpPath = new HttpPathValue();
    internal static readonly MultiaddrValue Onion = new OnionValue(10);
    internal static readonly MultiaddrValue Onion3 = new OnionValue(35);
    internal static readonly MultiaddrValue Garlic32 = new GarlicValue(BitBase.Base32, "an I2P base 32 address", static length => length is 32 or >= 35);
    internal static readonly MultiaddrValue Garlic64 = new GarlicValue(BitBase.Base64Garlic, "an I2P base 64 destination", static length => length >= 386);

    /// <summary>For <see cref="Size"/>: a varint with the length comes first.</summary>
    internal const int Variable = -1;

    private MultiaddrValue(int size, string what)
    {
        Size = size;
        What = what;
    }

    /// <summary>Bytes that the value takes, or <see cref="Variable"/>.</summary>
    internal int Size { get; }

    /// <summary>What is expected, for messages: "an IPv4 address".</summary>
    internal string What { get; }

    /// <summary>True when the value takes the whole rest of the text, slashes included.</summary>
    internal virtual bool TakesRest => false;

    /// <summary>The bytes of a value given as text; null when it is not one.</summary>
    internal abstract byte[]? Parse(string text);

    /// <summary>The text of valid bytes.</summary>
    internal abstract string Format(ReadOnlySpan<byte> bytes);

    /// <summary>Says whether bytes are a value of this kind. The length is right already where <see cref="Size"/> is fixed.</summary>
    internal virtual bool IsValid(ReadOnlySpan<byte> bytes) => true;

    /// <summary>A decimal number without sign, blanks or needless zeros; -1 when it is not one, or more than <paramref name="max"/>.</summary>
    private static int Number(ReadOnlySpan<char> text, int max)
    {
        if (text.Length is 0 or > 5 || (text.Length > 1 && text[0] == '0')) return -1;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= max ? number : -1;
    }

    private static string Decimal(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class NoValue() : MultiaddrValue(0, "nothing")
    {
        internal override byte[]? Parse(string text) => text.Length == 0 ? [] : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => "";
    }

    private sealed class IpValue(AddressFamily family, int size, string what) : MultiaddrValue(size, what)
    {
        private static readonly SearchValues<char> Ip6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

        internal override byte[]? Parse(string text)
        {
            // The base library also reads 1, 0x7f.1, [::1]:80 and fe80::1%eth0 as addresses.
            if (family == AddressFamily.InterNetwork ? !IsDottedQuad(text) : text.AsSpan().ContainsAnyExcept(Ip6Characters)) return null;
            return IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family ? address.GetAddressBytes() : null;
        }

        internal override string Format(ReadOnlySpan<byte> bytes) => new IPAddress(bytes).ToString();

        private static bool IsDottedQuad(string text)
        {
            int count = 0;
            foreach (Range part in text.AsSpan().Split('.'))
                if (++count > 4 || Number(text.AsSpan(part), 255) < 0) return false;
            return count == 4;
        }
    }

    private sealed class PortValue() : MultiaddrValue(2, "a port from 0 to 65535")
    {
        internal override byte[]? Parse(string text) => Number(text, ushort.MaxValue) is >= 0 and int port ? [(byte)(port >> 8), (byte)port] : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => Decimal((bytes[0] << 8) | bytes[1]);
    }

    private sealed class PrefixLengthValue() : MultiaddrValue(1, "a number of bits from 0 to 255")
    {
        internal override byte[]? Parse(string text) => Number(text, byte.MaxValue) is >= 0 and int bits ? [(byte)bits] : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => Decimal(bytes[0]);
    }

    /// <summary>UTF-8 text without slashes and without anything that does not show.</summary>
    private sealed class NameValue(string what) : MultiaddrValue(Variable, what)
    {
        private const int MaxLength = 255; // RFC 1035, 2.3.4: 255 octets

        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        internal override byte[]? Parse(string text)
        {
            if (text.Length == 0 || !Printable.Is(text)) return null;
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            return IsValid(bytes) ? bytes : null;
        }

        internal override string Format(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

        internal override bool IsValid(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length is 0 or > MaxLength || bytes.Contains((byte)'/')) return false;
            try
            {
                return Printable.Is(Strict.GetString(bytes));
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }

    private sealed class PeerValue() : MultiaddrValue(Variable, "a peer id (12D3Koo…, Qm… or bafz…)")
    {
        internal override byte[]? Parse(string text) => PeerId.TryParse(text, out PeerId id) ? id.Bytes.ToArray() : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => NumberBase.Base58.Encode(bytes);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => PeerId.IsValid(bytes);
    }

    private sealed class HashValue() : MultiaddrValue(Variable, "a multihash in multibase (uEi…)")
    {
        internal override byte[]? Parse(string text) => Multibase.TryDecode(text, out byte[] bytes) && Multihash.IsValid(bytes) ? bytes : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => Multibase.Encode(MultibaseEncoding.Base64Url, bytes);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => Multihash.IsValid(bytes);
    }

    /// <summary>The path of a socket: bytes with a slash first. As text it follows the protocol as it is, percent-encoded where needed (<c>/unix/tmp/x</c>), or all in one part (<c>/unix/%2Ftmp%2Fx</c>).</summary>
    private sealed class FilePathValue() : MultiaddrValue(Variable, "the path of a file")
    {
        internal override bool TakesRest => true;

        internal override byte[]? Parse(string text)
        {
            byte[]? path = PercentCoding.Decode(text);
            if (path is null || path.Length == 0) return null;
            return text.StartsWith("%2F", StringComparison.OrdinalIgnoreCase) ? path : [(byte)'/', .. path];
        }

        internal override string Format(ReadOnlySpan<byte> bytes) => PercentCoding.Encode(bytes[1..], keepSlashes: true);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && bytes[0] == '/';
    }

    private sealed class HttpPathValue() : MultiaddrValue(Variable, "a percent-encoded path")
    {
        internal override byte[]? Parse(string text) => PercentCoding.Decode(text) is { Length: > 0 } path ? path : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => PercentCoding.Encode(bytes, keepSlashes: false);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty;
    }

    /// <summary><c>host (base 32):port</c>; the port comes behind the host in the bytes too, and is not 0.</summary>
    private sealed class OnionValue(int host) : MultiaddrValue(host + 2, "an onion address with a port (host:80)")
    {
        internal override byte[]? Parse(string text)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !BitBase.Base32.TryDecode(text.AsSpan(0, colon), padded: false, out byte[] name) || name.Length != host) return null;
            return Number(text.AsSpan(colon + 1), ushort.MaxValue) is > 0 and int port ? [.. name, (byte)(port >> 8), (byte)port] : null;
        }

        internal override string Format(ReadOnlySpan<byte> bytes) => BitBase.Base32.Encode(bytes[..host]) + ":" + Port.Format(bytes[host..]);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => (bytes[host] | bytes[host + 1]) != 0;
    }

    private sealed class GarlicValue(BitBase digits, string what, Func<int, bool> lengthFits) : MultiaddrValue(Variable, what)
    {
        /// <summary>Longest, in bytes: a destination with a certificate of some hundred bytes.</summary>
        private const int MaxLength = 800;

        internal override byte[]? Parse(string text) =>
            digits.TryDecode(text, padded: false, out byte[] bytes) && IsValid(bytes) ? bytes : null;

        internal override string Format(ReadOnlySpan<byte> bytes) => digits.Encode(bytes);

        internal override bool IsValid(ReadOnlySpan<byte> bytes) => bytes.Length <= MaxLength && lengthFits(bytes.Length);
    }
}
