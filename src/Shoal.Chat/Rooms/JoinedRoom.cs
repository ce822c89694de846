using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Chat.Rooms;

/// <summary>A room we are in: its subscriptions, the loops that read them, and what was said.</summary>
internal sealed class JoinedRoom : IAsyncDisposable
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<Task> _loops = [];

    internal JoinedRoom(string name, string topic, string? fileTopic, int historyLength)
    {
        Name = name;
        Topic = topic;
        FileTopic = fileTopic;
        History = new History(historyLength);
    }

    internal string Name { get; }

    internal string Topic { get; }

    internal string? FileTopic { get; }

    /// <summary>Guarded by the session's lock.</summary>
    internal History History { get; }

    /// <summary>Everybody who spoke here and may not be connected to us; guarded by the session's lock.</summary>
    internal HashSet<PeerId> Heard { get; } = [];

    /// <summary>Begins to hand messages over, until the room is disposed. The handlers must not throw.</summary>
    internal void Start(Gossipsub pubsub, Action<JoinedRoom, PubsubMessage> onMessage, Action<JoinedRoom, PubsubMessage> onFile)
    {
        Start(pubsub.Subscribe(Topic), onMessage);
        if (FileTopic is not null) Start(pubsub.Subscribe(FileTopic), onFile);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Subscription subscription in _subscriptions) await subscription.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Start(Subscription subscription, Action<JoinedRoom, PubsubMessage> handler)
    {
        _subscriptions.Add(subscription);
        _loops.Add(ReadAsync(subscription, handler));
    }

    private async Task ReadAsync(Subscription subscription, Action<JoinedRoom, PubsubMessage> handler)
    {
        await foreach (PubsubMessage message in subscription.ReadAllAsync().ConfigureAwait(false))
            handler(this, message);
    }
}
