namespace Shoal.Libp2p.Pubsub;

/// <summary>Whether messages carry an author and a signature (pubsub specification, message signing).</summary>
public enum SignaturePolicy
{
    /// <summary>Every message is signed by its author; others are dropped.</summary>
    StrictSign,

    /// <summary>No message names an author; others are dropped.</summary>
    StrictNoSign,
}

/// <summary>Settings of <see cref="Gossipsub"/>. Every property states its unit and default.</summary>
public sealed record GossipsubOptions
{
    /// <summary>Default: StrictSign.</summary>
    public SignaturePolicy SignaturePolicy { get; init; } = SignaturePolicy.StrictSign;

    /// <summary>Peers outside the mesh that always get and give every message. Default: none.</summary>
    public IReadOnlyList<PeerId> ExplicitPeers { get; init; } = [];
}
