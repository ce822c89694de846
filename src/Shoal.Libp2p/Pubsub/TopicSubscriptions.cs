namespace Shoal.Libp2p.Pubsub;

/// <summary>Our subscriptions by topic, for any thread.</summary>
internal sealed class TopicSubscriptions
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, Subscription[]> _byTopic = new(StringComparer.Ordinal);

    /// <summary>The topics, in the order of subscribing.</summary>
    internal string[] Topics
    {
        get
        {
            lock (_sync) return [.. _byTopic.Keys];
        }
    }

    internal bool Has(string topic)
    {
        lock (_sync) return _byTopic.ContainsKey(topic);
    }

    /// <summary>The subscriptions of a topic.</summary>
    internal Subscription[] Of(string topic)
    {
        lock (_sync) return _byTopic.GetValueOrDefault(topic, []);
    }

    internal void Add(Subscription subscription)
    {
        lock (_sync) _byTopic[subscription.Topic] = [.. _byTopic.GetValueOrDefault(subscription.Topic, []), subscription];
    }

    internal void Remove(Subscription subscription)
    {
        lock (_sync)
        {
            Subscription[] left = [.. _byTopic.GetValueOrDefault(subscription.Topic, []).Where(s => s != subscription)];
            if (left.Length > 0) _byTopic[subscription.Topic] = left;
            else _byTopic.Remove(subscription.Topic);
        }
    }

    /// <summary>Removes all and gives them.</summary>
    internal Subscription[] Clear()
    {
        lock (_sync)
        {
            Subscription[] all = [.. _byTopic.Values.SelectMany(s => s)];
            _byTopic.Clear();
            return all;
        }
    }
}
