using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Multiformats;

/// <summary>One line of the table of address protocols (multiformats/multiaddr, protocols.csv): number, name, kind of value.</summary>
internal sealed class MultiaddrProtocol
{
    internal const int Ip4 = 4;
    internal const int Tcp = 6;
    internal const int Ip6 = 41;
    internal const int Ip6Zone = 42;
    internal const int P2P = 421;

    private static readonly MultiaddrProtocol[] All =
    [
        new(Ip4, "ip4", MultiaddrValue.Ip4),
        new(Tcp, "tcp", MultiaddrValue.Port),
        new(33, "dccp", MultiaddrValue.Port),
        new(Ip6, "ip6", MultiaddrValue.Ip6),
        new(Ip6Zone, "ip6zone", MultiaddrValue.Zone),
        new(43, "ipcidr", MultiaddrValue.PrefixLength),
        new(53, "dns", MultiaddrValue.Domain),
        new(54, "dns4", MultiaddrValue.Domain),
        new(55, "dns6", MultiaddrValue.Domain),
        new(56, "dnsaddr", MultiaddrValue.Domain),
        new(132, "sctp", MultiaddrValue.Port),
        new(273, "udp", MultiaddrValue.Port),
        new(275, "p2p-webrtc-star", MultiaddrValue.None),
        new(276, "p2p-webrtc-direct", MultiaddrValue.None),
        new(277, "p2p-stardust", MultiaddrValue.None),
        new(280, "webrtc-direct", MultiaddrValue.None),
        new(281, "webrtc", MultiaddrValue.None),
        new(290, "p2p-circuit", MultiaddrValue.None),
        new(301, "udt", MultiaddrValue.None),
        new(302, "utp", MultiaddrValue.None),
        new(400, "unix", MultiaddrValue.FilePath),
        new(P2P, "p2p", MultiaddrValue.Peer),
        new(443, "https", MultiaddrValue.None),
        new(444, "onion", MultiaddrValue.Onion),
        new(445, "onion3", MultiaddrValue.Onion3),
        new(446, "garlic64", MultiaddrValue.Garlic64),
        new(447, "garlic32", MultiaddrValue.Garlic32),
        new(448, "tls", MultiaddrValue.None),
        new(449, "sni", MultiaddrValue.Domain),
        new(454, "noise", MultiaddrValue.None),
        new(460, "quic", MultiaddrValue.None),
        new(461, "quic-v1", MultiaddrValue.None),
        new(465, "webtransport", MultiaddrValue.None),
        new(466, "certhash", MultiaddrValue.Hash),
        new(477, "ws", MultiaddrValue.None),
        new(478, "wss", MultiaddrValue.None),
        new(479, "p2p-websocket-star", MultiaddrValue.None),
        new(480, "http", MultiaddrValue.None),
        new(481, "http-path", MultiaddrValue.HttpPath),
        new(777, "memory", MultiaddrValue.Name),
        new(7367777, "plaintextv2", MultiaddrValue.None),
    ];

    private static readonly FrozenDictionary<int, MultiaddrProtocol> ByCode = All.ToFrozenDictionary(p => p.Code);

    private static readonly FrozenDictionary<string, MultiaddrProtocol> ByName =
        All.Append(new MultiaddrProtocol(P2P, "ipfs", MultiaddrValue.Peer)) // The old name; read, never written.
            .ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    private MultiaddrProtocol(int code, string name, MultiaddrValue value)
    {
        Code = code;
        Name = name;
        Value = value;
    }

    /// <summary>Its number in the binary form.</summary>
    internal int Code { get; }

    /// <summary>Its name in the text form.</summary>
    internal string Name { get; }

    /// <summary>The kind of value behind it.</summary>
    internal MultiaddrValue Value { get; }

    /// <summary>The names, in the order of the numbers.</summary>
    internal static IEnumerable<string> Names => All.Select(p => p.Name);

    internal static bool TryFind(ulong code, [MaybeNullWhen(false)] out MultiaddrProtocol protocol)
    {
        protocol = null;
        return code <= int.MaxValue && ByCode.TryGetValue((int)code, out protocol);
    }

    internal static bool TryFind(string name, [MaybeNullWhen(false)] out MultiaddrProtocol protocol) => ByName.TryGetValue(name, out protocol);

    /// <summary>Reads the part at the start of <paramref name="rest"/> and moves it behind. False when it is none.</summary>
    internal static bool TryReadPart(ref ReadOnlySpan<byte> rest, [MaybeNullWhen(false)] out MultiaddrProtocol protocol, out ReadOnlySpan<byte> value)
    {
        value = default;
        protocol = null;
        if (!UnsignedVarint.TryRead(ref rest, out ulong code) || !TryFind(code, out protocol)) return false;

        ulong length = (ulong)protocol.Value.Size;
        if (protocol.Value.Size == MultiaddrValue.Variable && !UnsignedVarint.TryRead(ref rest, out length)) return false;
        if (length > (ulong)rest.Length) return false;

        value = rest[..(int)length];
        rest = rest[(int)length..];
        return protocol.Value.IsValid(value);
    }
}
