using Shoal.Net;

namespace Shoal.Libp2p.Transports;

/// <summary>The listening side of a <see cref="MemoryTransport"/> address.</summary>
internal sealed class MemoryListener(Multiaddr address, Action unregister) : ITransportListener
{
    private readonly Lock _lock = new();
    private readonly Queue<NetConnection> _arrived = new();
    private readonly LinkedList<TaskCompletionSource<NetConnection>> _waiting = new();
    private bool _disposed;

    public Multiaddr LocalAddress => address;

    /// <summary>The next connection. Its remote address is the listener's own: memory has no other places.</summary>
    public async ValueTask<(NetConnection Connection, Multiaddr Remote)> AcceptAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new TaskCompletionSource<NetConnection>();
        LinkedListNode<TaskCompletionSource<NetConnection>> node;
        lock (_lock)
        {
            if (_disposed) throw Disposed();
            if (_arrived.TryDequeue(out NetConnection? there)) return (there, address);
            node = _waiting.AddLast(waiting);
        }

        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                lock (_lock)
                {
                    if (node.List is null) return;
                    _waiting.Remove(node);
                }

                waiting.TrySetCanceled(token);
            },
            null);
        return (await waiting.Task.ConfigureAwait(false), address);
    }

    public ValueTask DisposeAsync()
    {
        List<NetConnection> arrived;
        List<TaskCompletionSource<NetConnection>> waiting;
        lock (_lock)
        {
            if (_disposed) return ValueTask.CompletedTask;
            _disposed = true;
            arrived = [.. _arrived];
            waiting = [.. _waiting];
            _arrived.Clear();
            _waiting.Clear();
        }

        unregister();
        foreach (NetConnection connection in arrived) connection.Abort();
        foreach (TaskCompletionSource<NetConnection> one in waiting) one.TrySetException(Disposed());
        return ValueTask.CompletedTask;
    }

    /// <summary>Connects to the listener. Null when too many wait to be accepted, or it is closed.</summary>
    /// <returns>The dialler's end.</returns>
    internal NetConnection? TryConnect()
    {
        TaskCompletionSource<NetConnection> waiting;
        (NetConnection near, NetConnection far) = InMemoryConnection.CreatePair();
        lock (_lock)
        {
            if (_disposed || _arrived.Count >= MemoryTransport.Backlog) return null;
            if (_waiting.First is not { } node)
            {
                _arrived.Enqueue(far);
                return near;
            }

            _waiting.RemoveFirst();
            waiting = node.Value;
        }

        waiting.SetResult(far);
        return near;
    }

    private OperationCanceledException Disposed() => new($"The listener on {address} was disposed.");
}
