namespace Shoal.Libp2p.Dialing;

/// <summary>Bounds what runs at the same time; who comes later waits in turn.</summary>
internal sealed class DialSlots
{
    private readonly int _slots;
    private readonly int _maxWaiting;
    private readonly Lock _sync = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _free;

    internal DialSlots(int slots, int maxWaiting) => (_slots, _maxWaiting, _free) = (slots, maxWaiting, slots);

    /// <summary>Takes a slot, waiting for one where needed. Give it back with <see cref="Release"/>.</summary>
    /// <exception cref="LimitExceededException">Too many wait already.</exception>
    internal async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> turn;
        lock (_sync)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            if (_waiting.Count >= _maxWaiting)
                throw new LimitExceededException($"too many dials: the limits {nameof(DialOptions)}.{nameof(DialOptions.MaxConcurrent)} of {_slots} and {nameof(DialOptions)}.{nameof(DialOptions.MaxWaiting)} of {_maxWaiting} are reached");
            turn = _waiting.AddLast(new TaskCompletionSource());
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn.Value);
        try
        {
            await turn.Value.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_sync)
                if (turn.List is not null) _waiting.Remove(turn);
            throw;
        }
    }

    /// <summary>Gives a slot back, to the next in turn.</summary>
    internal void Release()
    {
        while (true)
        {
            TaskCompletionSource next;
            lock (_sync)
            {
                if (_waiting.First is not { } first)
                {
                    _free++;
                    return;
                }

                _waiting.RemoveFirst();
                next = first.Value;
            }

            if (next.TrySetResult()) return; // Else it gave up meanwhile: the one after it.
        }
    }
}
