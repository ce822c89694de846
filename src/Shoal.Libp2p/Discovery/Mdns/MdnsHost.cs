using Microsoft.Extensions.Logging;
using Shoal.Net.Multicast;

namespace Shoal.Libp2p.Discovery.Mdns;

/// <summary>What multicast discovery needs of the node it serves and of the world.</summary>
internal sealed record MdnsHost
{
    /// <summary>Who we are.</summary>
    internal required PeerId Id { get; init; }

    /// <summary>Where we are, now.</summary>
    internal required Func<IReadOnlyList<Multiaddr>> Addresses { get; init; }

    /// <summary>Is told of each peer that is new or has a new address.</summary>
    internal required Action<PeerId, IReadOnlyList<Multiaddr>> OnDiscovered { get; init; }

    /// <summary>Clock and timers.</summary>
    internal required TimeProvider Time { get; init; }

    /// <summary>Chance.</summary>
    internal required Random Random { get; init; }

    /// <summary>Where steps are told.</summary>
    internal required ILogger Log { get; init; }

    /// <summary>Joins a group on a port.</summary>
    internal Func<System.Net.IPAddress, int, IMulticastGroup> Join { get; init; } = UdpMulticastGroup.Join;
}
