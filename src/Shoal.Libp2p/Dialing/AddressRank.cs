using System.Net;
using System.Net.Sockets;

namespace Shoal.Libp2p.Dialing;

/// <summary>Where an address leads, nearest first: near addresses answer, or refuse, in no time.</summary>
internal enum Reach
{
    /// <summary>Inside this process.</summary>
    Process,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>The local network: private (RFC 1918, RFC 4193), link-local, shared (RFC 6598).</summary>
    Private,

    /// <summary>Anywhere.</summary>
    Public,

    /// <summary>Not an IP address: a name that was not resolved.</summary>
    Unknown,
}

/// <summary>Puts addresses into the order in which they are dialled.</summary>
internal static class AddressRank
{
    /// <summary>Says where an address leads.</summary>
    internal static Reach ReachOf(Multiaddr address)
    {
        IReadOnlyList<MultiaddrPart> parts = address.Parts;
        if (parts.Count == 0) return Reach.Unknown;
        return parts[0].Protocol switch
        {
            "memory" or "unix" => Reach.Process,
            "ip4" or "ip6" when IPAddress.TryParse(parts[0].Value, out IPAddress? ip) => ReachOf(ip),
            _ => Reach.Unknown,
        };
    }

    /// <summary>Says where an address leads.</summary>
    internal static Reach ReachOf(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (IPAddress.IsLoopback(ip)) return Reach.Loopback;
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
            return ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6SiteLocal ? Reach.Private : Reach.Public;

        Span<byte> b = stackalloc byte[4];
        ip.TryWriteBytes(b, out _);
        bool isPrivate = b[0] == 10
            || b[0] == 172 && (b[1] & 0xF0) == 16
            || b[0] == 192 && b[1] == 168
            || b[0] == 169 && b[1] == 254
            || b[0] == 100 && (b[1] & 0xC0) == 64;
        return isPrivate ? Reach.Private : Reach.Public;
    }

    /// <summary>True for IPv6.</summary>
    internal static bool IsIPv6(Multiaddr address) => address.Parts is [{ Protocol: "ip6" or "ip6zone" }, ..];

    /// <summary>
    /// Orders addresses: nearest first, and within one reach the families in turn, IPv6 first (RFC 8305, section 4).
    /// Addresses that are equal in this keep the order they came in.
    /// </summary>
    internal static List<Multiaddr> Order(IEnumerable<Multiaddr> addresses)
    {
        List<Multiaddr> ordered = [];
        foreach (IGrouping<Reach, Multiaddr> reach in addresses.GroupBy(ReachOf).OrderBy(g => g.Key))
        {
            Queue<Multiaddr> six = new(reach.Where(IsIPv6));
            Queue<Multiaddr> rest = new(reach.Where(a => !IsIPv6(a)));
            while (six.Count + rest.Count > 0)
            {
                if (six.TryDequeue(out Multiaddr? a)) ordered.Add(a);
                if (rest.TryDequeue(out Multiaddr? b)) ordered.Add(b);
            }
        }

        return ordered;
    }
}
