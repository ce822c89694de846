namespace Shoal.Chat;

/// <summary>Work that somebody else's deed began: at most so many pieces at a time, stopped and awaited at the end.</summary>
internal sealed class BackgroundTasks(int limit) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private int _count;
    private bool _disposed;

    /// <summary>Starts a piece of work that handles its own failures; false when there is too much of it already.</summary>
    internal bool TryStart(Func<CancellationToken, Task> work)
    {
        lock (_gate)
        {
            if (_disposed || _count >= limit) return false;
            _count++;
        }

        Task task = RunAsync(work);
        lock (_gate)
        {
            if (!task.IsCompleted) _running.Add(task);
            _running.RemoveWhere(t => t.IsCompleted);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _stop.Cancel();
        lock (_gate) running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped, or out of time: who cares was told by the work itself.
        }
        finally
        {
            lock (_gate) _count--;
        }
    }
}
