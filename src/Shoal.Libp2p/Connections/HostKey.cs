using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Shoal.Libp2p.Connections;

/// <summary>
/// Whom an address belongs to, for counting: an IPv4 address, or the first 64 bits of an IPv6 address, since whoever has
/// one of those has all 2^64 of them (RFC 4291, interface identifiers).
/// </summary>
internal readonly record struct HostKey(ulong Value, bool IsIPv6)
{
    /// <summary>The host of an address; IPv4 addresses written as IPv6 count as IPv4.</summary>
    internal static HostKey Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new HostKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), true)
            : new HostKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
    }
}
