using System.Collections.Concurrent;

namespace Shoal.Libp2p.Pubsub;

/// <summary>What the core's loop shows of its topics to other threads: subscribers and meshes as they were after its last turn.</summary>
internal sealed class TopicViews(bool inline)
{
    private sealed record View(PeerId[] Subscribers, PeerId[] Mesh);

    private sealed record Waiter(string Topic, int Count, TaskCompletionSource Done);

    private static readonly View Empty = new([], []);

    private readonly ConcurrentDictionary<string, View> _views = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private readonly List<Waiter> _waiters = [];

    internal IReadOnlyCollection<PeerId> Subscribers(string topic) => _views.GetValueOrDefault(topic, Empty).Subscribers;

    internal IReadOnlyCollection<PeerId> Mesh(string topic) => _views.GetValueOrDefault(topic, Empty).Mesh;

    /// <summary>Takes over a topic as it is now.</summary>
    internal void Update(TopicState topic)
    {
        if (topic.Subscribers.Count == 0 && topic.Mesh is null) _views.TryRemove(topic.Name, out _);
        else _views[topic.Name] = new View(topic.Subscribers.Ids(), topic.Mesh?.Ids() ?? []);

        List<Waiter>? satisfied = null;
        lock (_sync)
        {
            for (int i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Topic != topic.Name || _waiters[i].Count > topic.Subscribers.Count) continue;
                (satisfied ??= []).Add(_waiters[i]);
                _waiters.RemoveAt(i);
            }
        }

        if (satisfied is null) return;
        foreach (Waiter waiter in satisfied) waiter.Done.TrySetResult();
    }

    /// <summary>Completes when a topic has so many subscribers.</summary>
    internal async Task WaitAsync(string topic, int count, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        var waiter = new Waiter(topic, count, done);
        lock (_sync) _waiters.Add(waiter);
        try
        {
            // Looked at after the waiter is in the list, so that nothing falls in between.
            if (Subscribers(topic).Count >= count) return;
            await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_sync) _waiters.Remove(waiter);
        }
    }

    /// <summary>Fails all that wait.</summary>
    internal void Close()
    {
        Waiter[] waiters;
        lock (_sync)
        {
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        foreach (Waiter waiter in waiters) waiter.Done.TrySetException(new ObjectDisposedException(nameof(Gossipsub)));
    }
}
