namespace Shoal.Libp2p.Pubsub;

/// <summary>Messages seen lately; a second copy is dropped.</summary>
/// <remarks>Remembers each id for the given time, up to a quarter longer. When full, the oldest quarter goes early.</remarks>
internal sealed class SeenCache(TimeSpan keep, int limit)
{
    /// <summary>Steps in which ids are forgotten; one bucket more holds the ids of the step that has begun.</summary>
    private const int Steps = 4;

    private readonly MessageIdRing _ring = new(Steps + 1);
    private readonly TimeSpan _step = keep / Steps;
    private TimeSpan _nextTurn = keep / Steps;

    internal int Count => _ring.Count;

    internal bool Contains(in MessageId id) => _ring.Contains(id);

    /// <summary>False when the id is known already.</summary>
    internal bool Add(TimeSpan now, in MessageId id)
    {
        Advance(now);
        // Turning until a bucket falls out that held something; at most once around.
        for (int i = 0; i <= Steps && _ring.Count >= limit; i++) _ring.Turn();
        return _ring.Add(id);
    }

    /// <summary>Forgets what is too old.</summary>
    internal void Advance(TimeSpan now)
    {
        for (int turned = 0; now >= _nextTurn && turned <= Steps; turned++)
        {
            _ring.Turn();
            _nextTurn += _step;
        }

        if (now >= _nextTurn) _nextTurn = now + _step;
    }
}
