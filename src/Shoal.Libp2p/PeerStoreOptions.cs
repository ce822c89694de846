namespace Shoal.Libp2p;

/// <summary>Limits of a <see cref="PeerStore"/>. Every property states its unit, default and source.</summary>
public sealed record PeerStoreOptions
{
    /// <summary>Most peers known at once; the least useful make room, connected ones never do. Default: 4096 (own choice).</summary>
    public int MaxPeers { get; init; } = 4096;

    /// <summary>Most addresses per peer; the worst make room. Default: 32 (own choice; a host with many interfaces and transports has about 20).</summary>
    public int MaxAddressesPerPeer { get; init; } = 32;

    /// <summary>Longest address kept, in bytes of its binary form. Default: 512 (own choice; a WebRTC address behind a relay has about 200).</summary>
    public int MaxAddressBytes { get; init; } = 512;

    /// <summary>Most protocols kept per peer. Default: 128 (go-libp2p's peer store).</summary>
    public int MaxProtocolsPerPeer { get; init; } = 128;

    /// <summary>Longest protocol name kept, in characters. Default: 256 (own choice; multistream-select messages end at 1024 bytes in js).</summary>
    public int MaxProtocolLength { get; init; } = 256;

    /// <summary>Longest agent kept, in characters; the rest is cut off. Default: 256 (own choice).</summary>
    public int MaxAgentLength { get; init; } = 256;

    /// <summary>How long an address is kept that was only told, counted from when it was told last or the peer was last connected. Default: 1 hour (go-libp2p AddressTTL, js-libp2p maxAddressAge).</summary>
    public TimeSpan LearnedLife { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an address is kept after it was last connected to. Default: 7 days (own choice: a room's people are found again next weekend).</summary>
    public TimeSpan ConfirmedLife { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a peer without an address is remembered. Default: 6 hours (js-libp2p maxPeerAge).</summary>
    public TimeSpan PeerLife { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long failed dials count against an address. Default: 10 minutes (own choice).</summary>
    public TimeSpan FailureMemory { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest file that is loaded, in bytes. Default: 64 MiB (own choice; 4096 peers have about 4 MiB).</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;
}
