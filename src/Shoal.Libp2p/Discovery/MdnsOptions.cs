namespace Shoal.Libp2p.Discovery;

/// <summary>Settings of <see cref="MdnsDiscovery"/>. Every property states its unit and default.</summary>
public sealed record MdnsOptions
{
    /// <summary>The service asked for. Default: <c>_p2p._udp.local</c> (libp2p specification, mdns). Peers find each other only under the same name.</summary>
    public string ServiceName { get; init; } = "_p2p._udp.local";

    /// <summary>How long others may remember what is announced. Default: 120 s (RFC 6762, section 10; js-libp2p).</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Time from the first query to the second; doubles from one to the next. Default: 1 s (RFC 6762, section 5.2).</summary>
    public TimeSpan FirstQueryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between two queries. Default: 60 s, half of <see cref="TimeToLive"/>.</summary>
    public TimeSpan MaxQueryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the host's interfaces are looked at. Default: 5 s (as js-libp2p's multicast-dns).</summary>
    public TimeSpan InterfaceCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Packets looked at per second; more are dropped unread. Default: 200, an answer from each peer of a large local network.</summary>
    public int MaxPacketsPerSecond { get; init; } = 200;

    /// <summary>Peers taken from one packet. Default: 16; implementations send one.</summary>
    public int MaxPeersPerPacket { get; init; } = 16;

    /// <summary>Addresses remembered of one peer. Default: 32.</summary>
    public int MaxAddressesPerPeer { get; init; } = 32;

    /// <summary>Peers remembered; beyond that the one not heard of for longest is forgotten. Default: 1024.</summary>
    public int MaxPeers { get; init; } = 1024;
}
