using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Libp2p;

/// <summary>A self-describing network address, as in <c>/ip4/127.0.0.1/tcp/4001</c> (libp2p specification, addressing). Immutable.</summary>
/// <remarks>
/// <code>
/// part:  uvarint protocol | value          value: nothing, a fixed number of bytes, or uvarint length | bytes
/// </code>
/// The binary form is what counts: two addresses are equal when it is. Text is only read and written.
/// </remarks>
public sealed class Multiaddr : IEquatable<Multiaddr>, IParsable<Multiaddr>
{
    /// <summary>Longest binary form accepted, in bytes. Default: 1024.</summary>
    public const int MaxBytes = 1024;

    private readonly byte[] _bytes;
    private readonly int _hash;
    private MultiaddrPart[]? _parts;
    private string? _text;

    private Multiaddr(byte[] valid)
    {
        _bytes = valid;
        _hash = ByteHash.Of(valid);
    }

    /// <summary>Parses the text form.</summary>
    /// <exception cref="FormatException">The text is not a multiaddr; the message says which part is wrong.</exception>
    public static Multiaddr Parse(string text) => Parse(text, null);

    /// <inheritdoc />
    public static Multiaddr Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out Multiaddr? address, out string? error) ? address : throw new FormatException(error);
    }

    /// <summary>Parses the text form; <paramref name="error"/> says what is wrong with it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Multiaddr address, [NotNullWhen(false)] out string? error)
    {
        address = MultiaddrParser.TryParse(text ?? "", out byte[]? bytes, out error) ? new Multiaddr(bytes) : null;
        return address is not null && error is null;
    }

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Multiaddr result) => TryParse(s, out result, out _);

    /// <summary>Reads the whole of <paramref name="bytes"/> as the binary form. False when it is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out Multiaddr address)
    {
        address = null;
        if (bytes.IsEmpty || bytes.Length > MaxBytes) return false;
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
            if (!MultiaddrProtocol.TryReadPart(ref rest, out _, out _)) return false;

        address = new Multiaddr(bytes.ToArray());
        return true;
    }

    /// <summary>
    /// The TCP address of an end point: <c>/ip4/…/tcp/…</c> or <c>/ip6/…/tcp/…</c>. An IPv4 address inside an IPv6 one is written as IPv4;
    /// the interface of a link-local address as <c>/ip6zone/2/ip6/fe80::…</c>.
    /// </summary>
    public static Multiaddr FromTcp(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        IPAddress ip = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        byte high = (byte)(endPoint.Port >> 8);
        byte low = (byte)endPoint.Port;
        if (ip.AddressFamily == AddressFamily.InterNetwork) return new Multiaddr([MultiaddrProtocol.Ip4, .. ip.GetAddressBytes(), MultiaddrProtocol.Tcp, high, low]);

        byte[] zone = ip.IsIPv6LinkLocal && ip.ScopeId != 0 ? Encoding.ASCII.GetBytes(ip.ScopeId.ToString(CultureInfo.InvariantCulture)) : [];
        byte[] prefix = zone.Length == 0 ? [] : [MultiaddrProtocol.Ip6Zone, (byte)zone.Length, .. zone];
        return new Multiaddr([.. prefix, MultiaddrProtocol.Ip6, .. ip.GetAddressBytes(), MultiaddrProtocol.Tcp, high, low]);
    }

    /// <summary>The binary form.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<MultiaddrPart> Parts => _parts ??= [.. ReadParts()];

    /// <summary>The peer that the address ends at: the last <c>/p2p</c> part, if that is the last part.</summary>
    public PeerId? PeerId => FinalPeer(out PeerId id) >= 0 ? id : null;

    /// <summary>True when a part of this protocol is there, as in <c>Has("ws")</c>.</summary>
    public bool Has(string protocol)
    {
        if (!MultiaddrProtocol.TryFind(protocol, out MultiaddrProtocol? wanted)) return false;
        for (ReadOnlySpan<byte> rest = _bytes; MultiaddrProtocol.TryReadPart(ref rest, out MultiaddrProtocol? found, out _);)
            if (found.Code == wanted.Code) return true;
        return false;
    }

    /// <summary>The address with <c>/p2p/id</c> at its end (once): another peer's there is replaced.</summary>
    /// <exception cref="ArgumentException"><paramref name="id"/> is the default value, or the address becomes longer than <see cref="MaxBytes"/>.</exception>
    public Multiaddr WithPeerId(PeerId id)
    {
        if (id == default) throw new ArgumentException("The default peer id names nobody.", nameof(id));
        int end = FinalPeer(out PeerId there);
        if (end >= 0 && there == id) return this;
        return Checked([.. end < 0 ? _bytes : _bytes.AsSpan(0, end), .. PeerPart(id)]);
    }

    /// <summary>The address without a final <c>/p2p/id</c>. One that is nothing else stays as it is: an address has at least one part.</summary>
    public Multiaddr WithoutPeerId()
    {
        int end = FinalPeer(out _);
        return end <= 0 ? this : new Multiaddr(_bytes[..end]);
    }

    /// <summary>This address followed by another.</summary>
    /// <exception cref="ArgumentException">Together they are longer than <see cref="MaxBytes"/>.</exception>
    public Multiaddr Append(Multiaddr other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Checked([.. _bytes, .. other._bytes]);
    }

    /// <summary>The address of a peer alone: <c>/p2p/id</c>.</summary>
    /// <exception cref="ArgumentException"><paramref name="id"/> is the default value.</exception>
    public static Multiaddr FromPeerId(PeerId id) => id == default
        ? throw new ArgumentException("The default peer id names nobody.", nameof(id))
        : new Multiaddr(PeerPart(id));

    /// <summary>True when the address is exactly an IP address (perhaps with a zone before it) and a TCP port, with or without a peer id behind.</summary>
    public bool TryGetTcpEndPoint([MaybeNullWhen(false)] out IPEndPoint endPoint)
    {
        endPoint = null;
        ReadOnlySpan<byte> rest = _bytes;
        if (!MultiaddrProtocol.TryReadPart(ref rest, out MultiaddrProtocol? protocol, out ReadOnlySpan<byte> value)) return false;

        string? zone = null;
        if (protocol.Code == MultiaddrProtocol.Ip6Zone)
        {
            zone = protocol.Value.Format(value);
            if (!MultiaddrProtocol.TryReadPart(ref rest, out protocol, out value) || protocol.Code != MultiaddrProtocol.Ip6) return false;
        }

        if (protocol.Code is not (MultiaddrProtocol.Ip4 or MultiaddrProtocol.Ip6)) return false;
        IPAddress? ip = new(value);
        if (zone is not null && !IPAddress.TryParse($"{ip}%{zone}", out ip)) return false;

        if (!MultiaddrProtocol.TryReadPart(ref rest, out protocol, out value) || protocol.Code != MultiaddrProtocol.Tcp) return false;
        int port = (value[0] << 8) | value[1];
        if (!rest.IsEmpty && !(MultiaddrProtocol.TryReadPart(ref rest, out protocol, out _) && protocol.Code == MultiaddrProtocol.P2P && rest.IsEmpty)) return false;

        endPoint = new IPEndPoint(ip, port);
        return true;
    }

    /// <inheritdoc />
    public bool Equals(Multiaddr? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes));

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Multiaddr);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <summary>The text form.</summary>
    public override string ToString()
    {
        if (_text is not null) return _text;
        StringBuilder text = new();
        foreach (MultiaddrPart part in Parts)
        {
            text.Append('/').Append(part.Protocol);
            if (part.Value.Length > 0) text.Append('/').Append(part.Value);
        }

        return _text = text.ToString();
    }

    private static byte[] PeerPart(PeerId id)
    {
        Span<byte> head = stackalloc byte[2 * UnsignedVarint.MaxBytes];
        int length = UnsignedVarint.Write(head, MultiaddrProtocol.P2P);
        length += UnsignedVarint.Write(head[length..], (ulong)id.Bytes.Length);
        return [.. head[..length], .. id.Bytes];
    }

    private static Multiaddr Checked(byte[] bytes) => bytes.Length <= MaxBytes
        ? new Multiaddr(bytes)
        : throw new ArgumentException($"The address would have {bytes.Length} bytes, at most {MaxBytes} are allowed.");

    private List<MultiaddrPart> ReadParts()
    {
        List<MultiaddrPart> parts = [];
        for (ReadOnlySpan<byte> rest = _bytes; MultiaddrProtocol.TryReadPart(ref rest, out MultiaddrProtocol? protocol, out ReadOnlySpan<byte> value);)
            parts.Add(new MultiaddrPart(protocol.Name, protocol.Value.Format(value)));
        return parts;
    }

    /// <summary>Where the final <c>/p2p</c> part begins; -1 when the last part is another.</summary>
    private int FinalPeer(out PeerId id)
    {
        id = default;
        ReadOnlySpan<byte> rest = _bytes;
        while (true)
        {
            int at = _bytes.Length - rest.Length;
            if (!MultiaddrProtocol.TryReadPart(ref rest, out MultiaddrProtocol? protocol, out ReadOnlySpan<byte> value)) return -1;
            if (!rest.IsEmpty) continue;
            return protocol.Code == MultiaddrProtocol.P2P && Libp2p.PeerId.TryRead(value, out id) ? at : -1;
        }
    }
}
