using System.Threading.Channels;

namespace Shoal.Libp2p.Pubsub;

/// <summary>One membership in a topic: a bounded queue of its messages.</summary>
public sealed class Subscription : IAsyncDisposable
{
    private readonly Channel<PubsubMessage> _messages;
    private readonly Action<Subscription> _leave;
    private long _dropped;

    internal Subscription(string topic, GossipsubOptions options, bool inline, Action<Subscription> leave)
    {
        Topic = topic;
        _leave = leave;
        var bounds = new BoundedChannelOptions(options.SubscriptionQueue)
        {
            FullMode = options.SubscriptionOverflow == OverflowPolicy.DropOldest ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.DropWrite,
            AllowSynchronousContinuations = inline,
            SingleWriter = true,
        };
        _messages = Channel.CreateBounded<PubsubMessage>(bounds, _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Which topic.</summary>
    public string Topic { get; }

    /// <summary>Messages that a slow reader has lost.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The messages, until the subscription or the pubsub is disposed. Several readers share them.</summary>
    public IAsyncEnumerable<PubsubMessage> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _messages.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Leaves the topic when this was its last subscription.</summary>
    public ValueTask DisposeAsync()
    {
        if (_messages.Writer.TryComplete()) _leave(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Queues a message.</summary>
    internal void Deliver(PubsubMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Ends the reading; what is queued can still be read.</summary>
    internal void Complete() => _messages.Writer.TryComplete();
}
