using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>Counts tasks that somebody started and owns, so that disposing can wait for all of them without keeping each.</summary>
internal sealed class TaskTracker
{
    private readonly Lock _sync = new();
    private int _running;
    private TaskCompletionSource? _idle;

    /// <summary>Tasks running now.</summary>
    internal int Running
    {
        get
        {
            lock (_sync) return _running;
        }
    }

    /// <summary>Owns a task from now on. Its exceptions are its own business: it must have logged them.</summary>
    internal void Own(Task task)
    {
        if (task.IsCompleted) _ = task.Exception;
        else _ = WatchAsync(task);
    }

    /// <summary>Waits until nothing runs, or until the time is over.</summary>
    /// <returns>True when nothing runs.</returns>
    internal async Task<bool> DrainAsync(TimeSpan atMost, TimeProvider time)
    {
        Task idle;
        lock (_sync)
        {
            if (_running == 0) return true;
            _idle ??= new TaskCompletionSource();
            idle = _idle.Task;
        }

        using var stop = new CancellationTokenSource();
        Task first = await Task.WhenAny(idle, time.DelayAsync(atMost, stop.Token)).ConfigureAwait(false);
        stop.Cancel();
        return first == idle;
    }

    private async Task WatchAsync(Task task)
    {
        lock (_sync) _running++;
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TaskCompletionSource? idle = null;
        lock (_sync)
        {
            if (--_running == 0) (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
    }
}
