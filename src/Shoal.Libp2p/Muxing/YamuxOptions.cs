namespace Shoal.Libp2p.Muxing;

/// <summary>Limits of one yamux session. Every property states its unit, default and source.</summary>
public sealed record YamuxOptions
{
    /// <summary>Window that both directions of every stream begin with, in bytes: 256 KiB, fixed by the specification.</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>Most that a stream's receive window grows to, in bytes. Default: 16 MiB (go-libp2p, js-libp2p).</summary>
    public int MaxStreamWindow { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most that all windows of a connection may grow beyond their beginning, in bytes. Default: 64 MiB, four fast streams.</summary>
    public long MaxWindowGrowth { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most bytes of a connection that wait to be read, over all streams. A stream that would exceed it is reset. Default: 64 MiB.</summary>
    public long MaxUnreadBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Streams that the peer may have open. More are refused. Default: 1000 (js-libp2p).</summary>
    public int MaxInboundStreams { get; init; } = 1000;

    /// <summary>Streams that we may have open. Default: 1000 (js-libp2p).</summary>
    public int MaxOutboundStreams { get; init; } = 1000;

    /// <summary>Our streams that the peer has not acknowledged yet. Default: 256 (specification).</summary>
    public int MaxUnacknowledgedStreams { get; init; } = 256;

    /// <summary>Streams refused before a peer that does not stop opening them loses its connection. Default: 1000.</summary>
    public int MaxRefusedStreams { get; init; } = 1000;

    /// <summary>Answers (to pings, to refused streams) that wait because the peer does not read. More cost it its connection. Default: 4096.</summary>
    public int MaxPendingControl { get; init; } = 4096;

    /// <summary>Silence after which we ask whether the peer is still there; as long again without an answer and it is gone. Default: 30 s (go-libp2p, js-libp2p). Zero: never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a goodbye waits for what was written to go out and for the peer to close its side. Default: 1 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
