namespace Shoal.Libp2p.Pubsub;

/// <summary>What a full queue does with one message more.</summary>
public enum OverflowPolicy
{
    /// <summary>The oldest message in the queue is lost.</summary>
    DropOldest,

    /// <summary>The message that does not fit any more is lost.</summary>
    DropNewest,
}
