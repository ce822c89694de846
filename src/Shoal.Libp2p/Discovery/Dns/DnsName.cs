using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>A domain name: labels of 1 to 63 bytes, 255 bytes in all (RFC 1035, section 2.3.4). Immutable.</summary>
/// <remarks>
/// Kept in wire form without compression: per label one length byte and the bytes, then a zero. Labels may hold any
/// byte. Two names are equal when they differ only in ASCII case; as a length byte is at most 63 and letters begin at
/// 65, the whole wire form can be compared so, without a look at where labels begin.
/// </remarks>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>Longest label, in bytes (RFC 1035, section 2.3.4).</summary>
    internal const int MaxLabelBytes = 63;

    /// <summary>Longest name in wire form, in bytes, length bytes and the final zero included (RFC 1035, section 2.3.4).</summary>
    internal const int MaxWireBytes = 255;

    private readonly byte[] _wire;

    /// <summary>Takes a wire form that was checked already.</summary>
    internal DnsName(byte[] wire) => _wire = wire;

    /// <summary>The wire form without compression.</summary>
    internal ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Reads text as in <c>_p2p._udp.local</c>, with or without a dot at the end. There are no escapes.</summary>
    /// <exception cref="FormatException">A label or the name is empty, too long or not ASCII.</exception>
    internal static DnsName Parse(string text) =>
        TryParse(text, out DnsName? name) ? name : throw new FormatException($"'{text}' is not a domain name.");

    /// <summary>Reads text as in <c>_p2p._udp.local</c>, with or without a dot at the end. There are no escapes.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out DnsName? name)
    {
        name = null;
        ReadOnlySpan<char> rest = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text;
        if (rest.IsEmpty || rest.Length > MaxWireBytes - 2 || !Ascii.IsValid(rest)) return false;

        byte[] wire = new byte[rest.Length + 2];
        int at = 0;
        foreach (Range range in rest.Split('.'))
        {
            ReadOnlySpan<char> label = rest[range];
            if (label.Length is 0 or > MaxLabelBytes) return false;
            wire[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, wire.AsSpan(at));
        }

        name = new DnsName(wire);
        return true;
    }

    /// <summary>This name below another: <c>a</c> and <c>b.local</c> give <c>a.b.local</c>.</summary>
    /// <exception cref="FormatException">Together they are too long.</exception>
    internal DnsName Under(DnsName parent)
    {
        byte[] wire = [.. _wire.AsSpan(0, _wire.Length - 1), .. parent._wire];
        return wire.Length <= MaxWireBytes ? new DnsName(wire) : throw new FormatException($"'{this}.{parent}' is too long for a domain name.");
    }

    public bool Equals(DnsName? other)
    {
        if (other is null || other._wire.Length != _wire.Length) return false;
        for (int i = 0; i < _wire.Length; i++)
            if (Lower(_wire[i]) != Lower(other._wire[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (byte b in _wire) hash.Add(Lower(b));
        return hash.ToHashCode();
    }

    /// <summary>Text with a dot between labels; dots, backslashes and unprintable bytes inside labels as <c>\DDD</c> (RFC 1035, section 5.1).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int at = 0; _wire[at] != 0; at += 1 + _wire[at])
        {
            if (at > 0) text.Append('.');
            foreach (byte b in _wire.AsSpan(at + 1, _wire[at]))
            {
                if (b is > 32 and < 127 and not (byte)'.' and not (byte)'\\') text.Append((char)b);
                else text.Append('\\').Append(b.ToString("D3", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.Length == 0 ? "." : text.ToString();
    }

    private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
