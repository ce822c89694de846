namespace Shoal.Libp2p.Connections;

/// <summary>How many inbound streams one connection has, by protocol. Holds next to nothing while there are none. Thread-safe.</summary>
internal sealed class InboundStreams
{
    private readonly Lock _sync = new();
    private List<(ProtocolHandler Handler, int Count)>? _open;
    private int _negotiating;
    private int _refused;
    private long _refusedSince;

    /// <summary>Counts a stream whose protocol is not agreed on yet. False when there are too many.</summary>
    internal bool TryBeginNegotiation(int limit)
    {
        if (Interlocked.Increment(ref _negotiating) <= limit) return true;
        Interlocked.Decrement(ref _negotiating);
        return false;
    }

    /// <summary>Uncounts it.</summary>
    internal void EndNegotiation() => Interlocked.Decrement(ref _negotiating);

    /// <summary>Counts a stream of a protocol. False when there are too many.</summary>
    internal bool TryBegin(ProtocolHandler handler)
    {
        lock (_sync)
        {
            int at = IndexOf(handler);
            int count = at < 0 ? 0 : _open![at].Count;
            if (count >= handler.MaxStreams) return false;
            if (at < 0) (_open ??= new List<(ProtocolHandler, int)>(2)).Add((handler, 1));
            else _open![at] = (handler, count + 1);
            return true;
        }
    }

    /// <summary>Uncounts it.</summary>
    internal void End(ProtocolHandler handler)
    {
        lock (_sync)
        {
            int at = IndexOf(handler);
            if (_open![at].Count > 1) _open[at] = (handler, _open[at].Count - 1);
            else _open.RemoveAt(at);
            if (_open.Count == 0) _open = null;
        }
    }

    /// <summary>Counts a stream that was refused.</summary>
    /// <returns>How many there were within about a minute.</returns>
    internal int CountRefused(TimeProvider time)
    {
        long now = time.GetTimestamp();
        lock (_sync)
        {
            if (_refused == 0 || time.GetElapsedTime(_refusedSince, now) > TimeSpan.FromMinutes(1)) (_refused, _refusedSince) = (0, now);
            return ++_refused;
        }
    }

    private int IndexOf(ProtocolHandler handler)
    {
        for (int i = 0; i < (_open?.Count ?? 0); i++)
            if (ReferenceEquals(_open![i].Handler, handler)) return i;
        return -1;
    }
}
