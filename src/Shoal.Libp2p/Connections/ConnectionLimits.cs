namespace Shoal.Libp2p.Connections;

/// <summary>
/// Bounds on connections: what the other side can make a node spend. Every property states its unit, default and source.
/// </summary>
/// <remarks>A refusal is logged, and where somebody waits for an answer thrown, with the name of the property that refused.</remarks>
public sealed record ConnectionLimits
{
    /// <summary>Connections open at once, both directions. Default: 1000 (js-libp2p: 300; one costs about 20 KiB here).</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Connections open at once with one peer, both directions. Default: 8 (go-libp2p).</summary>
    public int MaxConnectionsPerPeer { get; init; } = 8;

    /// <summary>
    /// Inbound connections, open or in their handshake, from one host: an IPv4 address or an IPv6 /64. Default: 64 (ours:
    /// a household or an office behind one address fits).
    /// </summary>
    public int MaxInboundPerHost { get; init; } = 64;

    /// <summary>Inbound connections that have not finished their handshake. Default: 64 (js-libp2p: 10; ours, a burst fits).</summary>
    public int MaxPendingInbound { get; init; } = 64;

    /// <summary>Inbound connections from one host, per second, in the long run. Default: 5 (js-libp2p).</summary>
    public double InboundRatePerHost { get; init; } = 5;

    /// <summary>Inbound connections that one host may open at once before the rate holds. Default: 20 (ours).</summary>
    public int InboundBurstPerHost { get; init; } = 20;

    /// <summary>
    /// Whether <see cref="MaxInboundPerHost"/> and <see cref="InboundRatePerHost"/> hold for loopback too. Default: false:
    /// whoever runs on this machine shares one address with everybody else on it.
    /// </summary>
    public bool LimitLoopback { get; init; }

    /// <summary>Time for security and muxer to be agreed on. Default: 10 s (js-libp2p).</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A connection on which no stream has been open for so long is closed. Default: infinite: an application's connections
    /// do not close by themselves; a dead one is found by the muxer's keep-alive.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// When two peers dialled each other at the same time, the spare connection is closed once no stream has been open
    /// on it for so long. Default: 30 s (ours).
    /// </summary>
    public TimeSpan SpareConnectionIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long disposing a node waits for goodbyes, and then for handlers to end. Default: 5 s each (ours).</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
