namespace Shoal.Libp2p.Pubsub;

/// <summary>One membership in a topic: a bounded queue of its messages.</summary>
public sealed class Subscription : IAsyncDisposable
{
    internal Subscription()
    {
    }

    /// <summary>Which topic.</summary>
    public string Topic => throw new NotImplementedException();

    /// <summary>Messages that a slow reader has lost.</summary>
    public long Dropped => throw new NotImplementedException();

    /// <summary>The messages, until the subscription is disposed.</summary>
    public IAsyncEnumerable<PubsubMessage> ReadAllAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Leaves the topic when this was its last subscription.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
