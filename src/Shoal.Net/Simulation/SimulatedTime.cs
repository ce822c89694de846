namespace Shoal.Net.Simulation;

/// <summary>
/// The virtual clock of a <see cref="SimulatedNetwork"/>. It stands still while code runs and jumps from event to event.
/// </summary>
/// <remarks>Timers that are due at the same time run in the order in which they were set.</remarks>
public sealed class SimulatedTime : TimeProvider
{
    private readonly EventLoop _loop;
    private readonly DateTimeOffset _start;

    internal SimulatedTime(EventLoop loop, DateTimeOffset start)
    {
        _loop = loop;
        _start = start.ToUniversalTime();
    }

    /// <summary>Virtual time since the start of the simulation.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_loop.Now);

    /// <summary>10 million per second: a timestamp is a <see cref="TimeSpan"/>'s ticks.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Always UTC, so that a run does not depend on where it runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long GetTimestamp() => _loop.Now;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <summary>A timer on the virtual clock. It never fires inside this call, not even with a due time of zero.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new SimulatedTimer(_loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
