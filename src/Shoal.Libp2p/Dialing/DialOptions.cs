namespace Shoal.Libp2p.Dialing;

/// <summary>How a node dials. Every property states its unit, default and source.</summary>
public sealed record DialOptions
{
    /// <summary>Head start of an address over the next one when several are dialled. Default: 250 ms (RFC 8305, section 8).</summary>
    public TimeSpan HeadStart { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time for one address to answer; the handshake has its own, <see cref="Connections.ConnectionLimits.HandshakeTimeout"/>. Default: 10 s (js-libp2p).</summary>
    public TimeSpan AddressTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for one peer, all addresses and names together. Default: 60 s (go-libp2p).</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Addresses of one peer dialled at the same time. Default: 8 (go-libp2p).</summary>
    public int ParallelPerPeer { get; init; } = 8;

    /// <summary>Addresses of one peer tried in one attempt; the best ones are. Default: 25 (js-libp2p).</summary>
    public int MaxAddresses { get; init; } = 25;

    /// <summary>Addresses dialled at the same time, all peers together; further ones wait. Default: 100 (js-libp2p).</summary>
    public int MaxConcurrent { get; init; } = 100;

    /// <summary>Addresses that wait for <see cref="MaxConcurrent"/>; further ones fail. Default: 500 (js-libp2p).</summary>
    public int MaxWaiting { get; init; } = 500;
}
