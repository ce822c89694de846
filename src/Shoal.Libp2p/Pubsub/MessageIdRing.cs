namespace Shoal.Libp2p.Pubsub;

/// <summary>Remembers message ids for a number of turns: a ring of buckets, the oldest emptied at each turn.</summary>
/// <remarks>No timer and no expiry per id: forgetting a hundred thousand ids costs one <c>Clear</c>.</remarks>
internal sealed class MessageIdRing(int buckets)
{
    private readonly HashSet<MessageId>?[] _buckets = new HashSet<MessageId>?[buckets];
    private int _newest;

    /// <summary>Ids remembered now.</summary>
    internal int Count { get; private set; }

    internal bool Contains(in MessageId id)
    {
        for (int i = 0; i < _buckets.Length; i++)
            if (_buckets[(_newest + _buckets.Length - i) % _buckets.Length] is { Count: > 0 } bucket && bucket.Contains(id))
                return true;
        return false;
    }

    /// <summary>Remembers an id for as many turns as there are buckets. False when it is known already.</summary>
    internal bool Add(in MessageId id)
    {
        if (Contains(id)) return false;
        (_buckets[_newest] ??= []).Add(id);
        Count++;
        return true;
    }

    /// <summary>Forgets the oldest bucket, which becomes the newest.</summary>
    internal void Turn()
    {
        _newest = (_newest + 1) % _buckets.Length;
        if (_buckets[_newest] is not { } oldest) return;
        Count -= oldest.Count;
        _buckets[_newest] = null;
    }
}
