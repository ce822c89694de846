namespace Shoal.Net;

/// <summary>Waiting on a clock that may be a simulated one.</summary>
public static class TimeProviderExtensions
{
    /// <summary>
    /// Completes after a time, or is cancelled. Unlike <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/>, which
    /// continues on the thread pool when it is cancelled, it always continues where the timer fired or the token was cancelled; so
    /// it can be used on the simulated network.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task DelayAsync(this TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        cancellationToken.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource();
        using ITimer timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), done, delay, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), done);
        await done.Task.ConfigureAwait(false);
    }
}
