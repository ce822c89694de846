using System.Net;
using System.Text;
using Shoal.Libp2p.Discovery.Dns;

namespace Shoal.Libp2p.Discovery.Mdns;

/// <summary>The packets that say where a node is, and what may be said and believed of an address (libp2p specification, mdns).</summary>
/// <remarks><code>
/// answer  = PTR service -> name.service      additional: TXT name.service = "dnsaddr=" multiaddr "/p2p/" id, ...
/// goodbye = the PTR alone, with lifetime 0   (with addresses, readers that do not look at lifetimes would find us again)
/// </code></remarks>
internal static class MdnsAnswer
{
    /// <summary>Largest packet sent, in bytes: fits one frame of any link in use, headers included (RFC 6762, section 17).</summary>
    internal const int MaxSentBytes = 1200;

    /// <summary>What every string of an address begins with (libp2p specification, mdns).</summary>
    internal const string Prefix = "dnsaddr=";

    /// <summary>Bytes of a message's header.</summary>
    private const int HeaderBytes = 12;

    /// <summary>True for addresses that make sense on a local network: by IP or a <c>.local</c> name, and not by way of a relay.</summary>
    internal static bool IsLocal(Multiaddr address)
    {
        if (address.Parts.Count == 0 || address.Has("p2p-circuit")) return false;
        return address.Parts[0] switch
        {
            { Protocol: "ip4" or "ip6" } => true, // Not ip6zone: a zone is a number of one host.
            { Protocol: "dns" or "dns4" or "dns6", Value: var name } => name.TrimEnd('.').EndsWith(".local", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    /// <summary>True for addresses that mean something else on each host.</summary>
    internal static bool IsLoopback(Multiaddr address) =>
        address.Parts[0].Protocol is "ip4" or "ip6" && IPAddress.TryParse(address.Parts[0].Value, out IPAddress? ip) && IPAddress.IsLoopback(ip);

    /// <summary>
    /// The strings for those of our addresses that are to be announced: loopback only where there is nothing else, for
    /// peers on this host. What does not fit a string is left out.
    /// </summary>
    internal static List<byte[]> ToStrings(IEnumerable<Multiaddr> addresses, PeerId self)
    {
        List<Multiaddr> all = [.. addresses.Where(a => IsLocal(a) && a.Has("tcp"))];
        List<Multiaddr> others = [.. all.Where(a => !IsLoopback(a))];
        return
        [
            .. (others.Count > 0 ? others : all).Select(a => Encoding.UTF8.GetBytes(Prefix + a.WithPeerId(self)))
                .Where(s => s.Length <= DnsCodec.MaxStringBytes),
        ];
    }

    /// <summary>The address of a string, with its peer id; null when it is none, or not one to believe.</summary>
    /// <param name="text">One string of a TXT record.</param>
    /// <param name="isFromThisHost">Only a sender on this host can mean this host by a loopback address; others would have us dial our own services.</param>
    internal static Multiaddr? FromString(ReadOnlySpan<byte> text, bool isFromThisHost)
    {
        if (!text.StartsWith("dnsaddr="u8)) return null;
        string address = Encoding.UTF8.GetString(text[Prefix.Length..]);
        bool isGood = Multiaddr.TryParse(address, null, out Multiaddr? parsed) && parsed.PeerId is not null && IsLocal(parsed);
        return isGood && (isFromThisHost || !IsLoopback(parsed!)) ? parsed : null;
    }

    /// <summary>As many packets as the strings need.</summary>
    internal static IEnumerable<byte[]> ToPackets(DnsName service, DnsName name, IReadOnlyList<byte[]> strings, uint timeToLive)
    {
        int fixedBytes = HeaderBytes + service.Wire.Length + 10 + name.Wire.Length + DnsCodec.MeasureTxt(name.Wire.Length, 0);
        for (int from = 0; from < strings.Count;)
        {
            int to = from, bytes = fixedBytes;
            while (to < strings.Count && (to == from || bytes + 1 + strings[to].Length <= MaxSentBytes)) bytes += 1 + strings[to++].Length;
            yield return Packet(
                [new PtrRecord(service, timeToLive, name)],
                [new TxtRecord(name, timeToLive, [.. strings.Skip(from).Take(to - from)]) { CacheFlush = true }]);
            from = to;
        }
    }

    /// <summary>The packet that takes our name back (RFC 6762, section 10.1).</summary>
    internal static byte[] Goodbye(DnsName service, DnsName name) => Packet([new PtrRecord(service, 0, name)], []);

    /// <summary>The packet that lists the service for those who ask which there are (RFC 6763, section 9).</summary>
    internal static byte[] Listing(DnsName services, DnsName service, uint timeToLive) => Packet([new PtrRecord(services, timeToLive, service)], []);

    private static byte[] Packet(IReadOnlyList<DnsRecord> answers, IReadOnlyList<DnsRecord> additionals) =>
        DnsCodec.ToBytes(new DnsMessage { Flags = DnsFlags.Response | DnsFlags.Authoritative, Answers = answers, Additionals = additionals });
}
