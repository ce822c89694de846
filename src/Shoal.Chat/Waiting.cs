namespace Shoal.Chat;

/// <summary>Waiting that continues where the reason came, never on another thread: so it works on the simulated network.</summary>
internal static class Waiting
{
    /// <summary>Waits for a task that does not fail; false when time was up first.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal static async Task<bool> ForAsync(Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<bool>();
        using ITimer timer = time.CreateTimer(static s => ((TaskCompletionSource<bool>)s!).TrySetResult(false), done, limit, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (s, token) => ((TaskCompletionSource<bool>)s!).TrySetCanceled(token), done);
        _ = task.ContinueWith(
            static (_, s) => ((TaskCompletionSource<bool>)s!).TrySetResult(true), done, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await done.Task.ConfigureAwait(false);
    }
}
