namespace Shoal.Net.Simulation;

/// <summary>A timer of <see cref="SimulatedTime"/>.</summary>
internal sealed class SimulatedTimer(EventLoop loop, TimerCallback callback, object? state) : SimulationEvent, ITimer
{
    // As the system's timers do, so that AsyncLocal values flow; null where the flow is suppressed.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private long _period;
    private bool _disposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        loop.CheckThread("setting a timer");
        ThrowIfNegative(dueTime, nameof(dueTime));
        ThrowIfNegative(period, nameof(period));
        if (_disposed) return false;

        _period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
        if (dueTime == Timeout.InfiniteTimeSpan) loop.Cancel(this);
        else loop.Schedule(this, loop.Now + dueTime.Ticks);
        return true;
    }

    public void Dispose()
    {
        loop.CheckThread("disposing a timer");
        _disposed = true;
        loop.Cancel(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal override void Run()
    {
        if (_period > 0) loop.Schedule(this, Due + _period);
        if (_context is null) callback(state);
        else ExecutionContext.Run(_context, static timer => ((SimulatedTimer)timer!).Call(), this);
    }

    private void Call() => callback(state);

    private static void ThrowIfNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, value, "A time is zero or more, or Timeout.InfiniteTimeSpan.");
    }
}
