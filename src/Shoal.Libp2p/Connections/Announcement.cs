namespace Shoal.Libp2p.Connections;

/// <summary>
/// Something that happens once and that many may wait for.
/// </summary>
/// <remarks>
/// A <see cref="TaskCompletionSource"/> awaited by several runs one of them where it is completed and hands the others to the
/// thread pool; on the simulated network nothing may go there. Here each waits for a task of its own, and all go on
/// where it is announced, in the order in which they came. Holds one reference while nobody waits.
/// </remarks>
internal sealed class Announcement
{
    private static readonly Waiter Made = new(null);
    private Waiter? _last;

    /// <summary>True once it happened.</summary>
    internal bool IsMade => Volatile.Read(ref _last) == Made;

    /// <summary>Completes when it happens. Each call gives a new task: ask once.</summary>
    internal Task WaitAsync()
    {
        while (true)
        {
            Waiter? last = Volatile.Read(ref _last);
            if (last == Made) return Task.CompletedTask;
            var mine = new Waiter(last);
            if (Interlocked.CompareExchange(ref _last, mine, last) == last) return mine.Task;
        }
    }

    /// <summary>It happened. Not to be called under a lock.</summary>
    internal void Make()
    {
        Waiter? waiter = Interlocked.Exchange(ref _last, Made);
        if (waiter == Made) return;
        Stack<Waiter> inOrder = new();
        for (; waiter is not null; waiter = waiter.Before) inOrder.Push(waiter);
        foreach (Waiter next in inOrder) next.TrySetResult();
    }

    private sealed class Waiter(Waiter? before) : TaskCompletionSource
    {
        internal Waiter? Before { get; } = before;
    }
}
