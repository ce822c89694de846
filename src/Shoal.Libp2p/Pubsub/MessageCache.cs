namespace Shoal.Libp2p.Pubsub;

/// <summary>Messages of the last heartbeats, for peers that ask for them: a ring of windows (gossipsub 1.0, message cache).</summary>
internal sealed class MessageCache(int windows, int gossipWindows, long byteLimit)
{
    private sealed class Entry(GossipMessage message)
    {
        internal GossipMessage Message { get; } = message;

        /// <summary>How often each peer was given it; null until somebody asks.</summary>
        internal Dictionary<PeerId, int>? Given { get; set; }
    }

    private readonly Dictionary<MessageId, Entry> _entries = [];
    private readonly List<GossipMessage>[] _ring = NewRing(windows);
    private int _newest;
    private long _bytes;

    internal int Count => _entries.Count;

    /// <summary>Keeps a message. When the cache is full, older windows go early.</summary>
    internal void Put(GossipMessage message)
    {
        if (!_entries.TryAdd(message.Id, new Entry(message))) return;
        _ring[_newest].Add(message);
        _bytes += message.Frame.Length;
        for (int age = windows - 1; age >= 0 && _bytes > byteLimit; age--) Empty(Window(age));
    }

    /// <summary>Takes a message out for a peer that asks, unless it had it <paramref name="limit"/> times already.</summary>
    internal GossipMessage? Give(in MessageId id, PeerId peer, int limit)
    {
        if (!_entries.TryGetValue(id, out Entry? entry)) return null;
        entry.Given ??= [];
        int given = entry.Given.GetValueOrDefault(peer);
        if (given >= limit) return null;
        entry.Given[peer] = given + 1;
        return entry.Message;
    }

    /// <summary>Ids to gossip about: a topic's messages of the newest windows, newest window first.</summary>
    internal List<ReadOnlyMemory<byte>> GossipIds(string topic)
    {
        List<ReadOnlyMemory<byte>> ids = [];
        for (int age = 0; age < gossipWindows; age++)
            foreach (GossipMessage message in Window(age))
                if (message.Topic == topic) ids.Add(message.IdBytes);
        return ids;
    }

    /// <summary>Begins a new window and forgets the oldest.</summary>
    internal void Shift()
    {
        _newest = (_newest + 1) % windows;
        Empty(_ring[_newest]);
    }

    private List<GossipMessage> Window(int age) => _ring[(_newest + windows - age) % windows];

    private void Empty(List<GossipMessage> window)
    {
        foreach (GossipMessage message in window)
        {
            _entries.Remove(message.Id);
            _bytes -= message.Frame.Length;
        }

        window.Clear();
        if (window.Capacity > 1024) window.Capacity = 0;
    }

    private static List<GossipMessage>[] NewRing(int windows)
    {
        var ring = new List<GossipMessage>[windows];
        for (int i = 0; i < windows; i++) ring[i] = [];
        return ring;
    }
}
