namespace Shoal.Libp2p.Protocols;

/// <summary>Round trips of 32 random bytes (libp2p specification, ping). Every node serves it.</summary>
public static class Ping
{
    /// <summary><c>/ipfs/ping/1.0.0</c>.</summary>
    public const string Protocol = "/ipfs/ping/1.0.0";

    /// <summary>Pings a peer, on one stream, without end; the caller stops enumerating.</summary>
    public static IAsyncEnumerable<TimeSpan> PingAsync(Libp2pNode node, PeerId peer, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
