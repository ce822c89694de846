namespace Shoal.Libp2p.Pubsub;

/// <summary>Whether messages carry an author and a signature (pubsub specification, message signing).</summary>
public enum SignaturePolicy
{
    /// <summary>Every message is signed by its author; others are dropped.</summary>
    StrictSign,

    /// <summary>No message names an author; others are dropped.</summary>
    StrictNoSign,
}
