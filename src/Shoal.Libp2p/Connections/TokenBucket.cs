namespace Shoal.Libp2p.Connections;

/// <summary>A rate with a burst: tokens trickle in up to a capacity, each event takes one.</summary>
internal struct TokenBucket(double capacity, TimeSpan now)
{
    private double _tokens = capacity;
    private TimeSpan _at = now;

    /// <summary>Takes a token. False when there is none.</summary>
    internal bool TryTake(double perSecond, double capacity, TimeSpan now)
    {
        Refill(perSecond, capacity, now);
        if (_tokens < 1) return false;
        _tokens -= 1;
        return true;
    }

    /// <summary>True when as many tokens are here as fit: then the bucket says nothing that a new one would not.</summary>
    internal bool IsFull(double perSecond, double capacity, TimeSpan now)
    {
        Refill(perSecond, capacity, now);
        return _tokens >= capacity;
    }

    private void Refill(double perSecond, double capacity, TimeSpan now)
    {
        if (now <= _at) return;
        _tokens = Math.Min(capacity, _tokens + (now - _at).TotalSeconds * perSecond);
        _at = now;
    }
}
