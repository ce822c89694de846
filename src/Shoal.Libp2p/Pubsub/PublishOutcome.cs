namespace Shoal.Libp2p.Pubsub;

/// <summary>What came of publishing, before queues are asked.</summary>
internal enum PublishOutcome
{
    /// <summary>It goes to at least one peer.</summary>
    Sent,

    /// <summary>A message of this id was seen lately.</summary>
    Duplicate,

    /// <summary>No connected peer speaks pubsub.</summary>
    NoPeers,

    /// <summary>No connected peer is subscribed to the topic.</summary>
    NoSubscribers,

    /// <summary>All subscribed peers have too low a score.</summary>
    OnlyBadPeers,
}
