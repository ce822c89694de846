namespace Shoal.Libp2p.Connections;

/// <summary>What a node does every now and then: closes idle connections, looks at its interfaces. One timer for the whole node.</summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    /// <summary>Longest time between two rounds. Default: 30 s (ours).</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Shortest time between two rounds. Default: 1 s (ours).</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Action _round;
    private readonly ITimer _timer;

    internal Housekeeping(ConnectionLimits limits, TimeProvider time, Action round)
    {
        _round = round;
        TimeSpan every = limits.IdleTimeout == Timeout.InfiniteTimeSpan ? limits.SpareConnectionIdle : TimeSpan.FromTicks(Math.Min(limits.IdleTimeout.Ticks, limits.SpareConnectionIdle.Ticks));
        every /= 4; // An idle time is overrun by a quarter at most.
        every = every < Shortest ? Shortest : every > Longest ? Longest : every;
        _timer = time.CreateTimer(static state => ((Housekeeping)state!)._round(), this, every, every);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
