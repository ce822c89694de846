#pragma warning disable CS0067
namespace Shoal.Libp2p.Pubsub;

/// <summary>
/// Publish and subscribe by topic: gossipsub 1.1 with floodsub for peers that speak only that.
/// </summary>
public sealed class Gossipsub : IAsyncDisposable
{
    private Gossipsub()
    {
    }

    /// <summary>Starts pubsub on a node. One per node.</summary>
    public static Gossipsub Start(Libp2pNode node, GossipsubOptions? options = null) => throw new NotImplementedException();

    /// <summary>Topics subscribed to.</summary>
    public IReadOnlyCollection<string> Topics => throw new NotImplementedException();

    /// <summary>Joins a topic. Dispose the subscription to leave when it is the topic's last.</summary>
    public Subscription Subscribe(string topic) => throw new NotImplementedException();

    /// <summary>Publishes to a topic, subscribed or not.</summary>
    /// <returns>Whom it went to, and why to nobody.</returns>
    public Task<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Connected peers that are subscribed to a topic.</summary>
    public IReadOnlyCollection<PeerId> Subscribers(string topic) => throw new NotImplementedException();

    /// <summary>Peers in our mesh of a topic.</summary>
    public IReadOnlyCollection<PeerId> MeshPeers(string topic) => throw new NotImplementedException();

    /// <summary>Completes when at least <paramref name="count"/> connected peers are subscribed to the topic.</summary>
    public Task WaitForSubscribersAsync(string topic, int count, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>A connected peer joined (true) or left (false) a topic.</summary>
    public event Action<PeerId, string, bool>? SubscriptionChanged;

    /// <summary>Leaves all topics and closes the streams.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
