namespace Shoal.Libp2p;

/// <summary>What is known of one peer.</summary>
public sealed record PeerInfo
{
    /// <summary>Which peer.</summary>
    public required PeerId Id { get; init; }

    /// <summary>Addresses to dial it at, without peer id, best first.</summary>
    public IReadOnlyList<Multiaddr> Addresses { get; init; } = [];

    /// <summary>Protocols that it serves, from identify.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Its agent, from identify.</summary>
    public string AgentVersion { get; init; } = "";

    /// <summary>The newest signed peer record: an envelope, as it came. Empty when none.</summary>
    public ReadOnlyMemory<byte> SignedRecord { get; init; }
}
