namespace Shoal.Chat;

/// <summary>A token that is cancelled with another, or when time is up.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _outer;
    private readonly Lock _gate = new();
    private bool _disposed;

    internal TimeLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _outer = cancellationToken;
        _timer = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _timer.Token);
    }

    internal CancellationToken Token => _both.Token;

    /// <summary>True when it was the time that ended it, not the other token.</summary>
    internal bool IsOver => _timer.IsCancellationRequested && !_outer.IsCancellationRequested;

    /// <summary>Starts to count again; nothing happens after the end.</summary>
    internal void Restart(TimeSpan limit)
    {
        lock (_gate)
        {
            if (!_disposed) _timer.CancelAfter(limit);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _both.Dispose();
            _timer.Dispose();
        }
    }
}
