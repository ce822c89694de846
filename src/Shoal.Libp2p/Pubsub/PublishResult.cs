namespace Shoal.Libp2p.Pubsub;

/// <summary>Whom a message went to.</summary>
/// <param name="Recipients">Peers it was handed to.</param>
/// <param name="Reason">Null when somebody got it; else, in a sentence, why nobody did: no peer connected, none subscribed, too large, a duplicate, queues full.</param>
public sealed record PublishResult(IReadOnlyList<PeerId> Recipients, string? Reason)
{
    /// <summary>Subscribed peers that did not get it because their queues are full. Default: 0.</summary>
    public int QueuesFull { get; init; }
}
