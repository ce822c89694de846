using System.Threading.Tasks.Sources;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Wakes one waiter, again and again, without allocating. A wake-up that nobody waits for is kept for the next.</summary>
/// <param name="inline">True: the waiter goes on inside <see cref="Set"/>, on the same thread. False: on the thread pool.</param>
internal sealed class WakeUp(bool inline) : IValueTaskSource
{
    private readonly Lock _sync = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = !inline };
    private bool _set;
    private bool _waiting;

    /// <summary>Waits for the next <see cref="Set"/>, or takes the one there was.</summary>
    internal ValueTask WaitAsync()
    {
        lock (_sync)
        {
            if (_set)
            {
                _set = false;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _waiting = true;
            return new ValueTask(this, _core.Version);
        }
    }

    internal void Set()
    {
        lock (_sync)
        {
            if (!_waiting)
            {
                _set = true;
                return;
            }

            _waiting = false;
        }

        _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
