using System.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Where a connection's two ends are, and who began it.</summary>
/// <param name="Direction">Who began it.</param>
/// <param name="Local">Our end.</param>
/// <param name="Remote">The peer's end, without its id.</param>
/// <param name="RemoteIP">The peer's host; null where the transport has no such thing.</param>
internal sealed record ConnectionEnds(Direction Direction, Multiaddr Local, Multiaddr Remote, IPAddress? RemoteIP);
