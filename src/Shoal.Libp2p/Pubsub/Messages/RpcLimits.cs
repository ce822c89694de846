namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>What one RPC may carry; the defaults and their reasons stand at <see cref="GossipsubOptions"/>.</summary>
internal sealed record RpcLimits
{
    internal required int Subscriptions { get; init; }

    internal required int Messages { get; init; }

    internal required int ControlEntries { get; init; }

    internal required int Ids { get; init; }

    internal required int TopicBytes { get; init; }

    internal static RpcLimits Of(GossipsubOptions options) => new()
    {
        Subscriptions = options.MaxSubscriptionsPerRpc,
        Messages = options.MaxMessagesPerRpc,
        ControlEntries = options.MaxControlEntriesPerRpc,
        Ids = options.MaxIdsPerRpc,
        TopicBytes = options.MaxTopicBytes,
    };
}
