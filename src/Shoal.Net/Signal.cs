using System.Threading.Tasks.Sources;

namespace Shoal.Net;

/// <summary>
/// Wakes one waiter, again and again, without allocating. The waiter goes on inside <see cref="Complete"/>, on the same thread.
/// </summary>
/// <remarks>
/// <see cref="Arm"/> and <see cref="Disarm"/> are called under the lock (or on the single thread) of whoever owns the
/// condition; <see cref="Complete"/> is called outside of it, by the one whose <see cref="Disarm"/> gave true.
/// </remarks>
internal sealed class Signal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private bool _armed;

    /// <summary>Starts to wait.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    internal ValueTask Arm()
    {
        if (_armed) throw new InvalidOperationException("Another call of this kind is still waiting; one at a time is allowed.");
        _core.Reset();
        _armed = true;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>True when somebody waited; the caller then owes a <see cref="Complete"/>.</summary>
    internal bool Disarm()
    {
        bool waited = _armed;
        _armed = false;
        return waited;
    }

    /// <summary>Lets the waiter go on.</summary>
    internal void Complete() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
