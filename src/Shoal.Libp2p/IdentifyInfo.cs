namespace Shoal.Libp2p;

/// <summary>What a peer says of itself (libp2p specification, identify).</summary>
public sealed record IdentifyInfo
{
    /// <summary>As in <c>js-libp2p/3.3.11</c>.</summary>
    public string AgentVersion { get; init; } = "";

    /// <summary>As in <c>ipfs/0.1.0</c>.</summary>
    public string ProtocolVersion { get; init; } = "";

    /// <summary>Protocols that the peer serves.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Addresses that the peer listens on: those of its signed record where there is one.</summary>
    public IReadOnlyList<Multiaddr> ListenAddresses { get; init; } = [];

    /// <summary>Where the peer sees us.</summary>
    public Multiaddr? ObservedAddress { get; init; }

    /// <summary>True when a valid signed peer record came with it.</summary>
    public bool HasSignedRecord { get; init; }
}
