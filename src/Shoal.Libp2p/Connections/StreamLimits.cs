namespace Shoal.Libp2p.Connections;

/// <summary>Bounds on streams. Every property states its unit, default and source.</summary>
public sealed record StreamLimits
{
    /// <summary>
    /// Inbound streams of one protocol, open at once on one connection, unless <see cref="Libp2pNode.Handle(string, int, StreamHandler)"/> says
    /// otherwise. Default: 256 (js-libp2p: 32; go-libp2p: 256 for one protocol and peer).
    /// </summary>
    public int MaxInboundPerProtocol { get; init; } = 256;

    /// <summary>Inbound streams on one connection whose protocol is not agreed on yet. Default: 256 (yamux specification: the backlog of a session).</summary>
    public int MaxNegotiating { get; init; } = 256;

    /// <summary>
    /// Inbound streams refused because of the limits above, on one connection within a minute. A peer that opens more all the
    /// same loses its connection. Default: 1000 (ours: what the muxer allows, too).
    /// </summary>
    public int MaxRefusedPerMinute { get; init; } = 1000;

    /// <summary>Time for a stream's protocol to be agreed on. Default: 10 s (js-libp2p).</summary>
    public TimeSpan NegotiationTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
