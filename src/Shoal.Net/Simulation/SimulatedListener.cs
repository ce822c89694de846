using System.Net;

namespace Shoal.Net.Simulation;

/// <summary>A listening socket on a <see cref="SimulatedHost"/>.</summary>
internal sealed class SimulatedListener(SimulatedHost host, IPEndPoint local) : NetListener
{
    private readonly Queue<SimulatedConnection> _arrived = new();
    private readonly LinkedList<TaskCompletionSource<NetConnection>> _waiting = new();
    private int _expected; // Handshakes under way; they have a place in the backlog.
    private bool _disposed;

    public override IPEndPoint LocalEndPoint => local;

    public override async ValueTask<NetConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        host.Network.Loop.CheckInRun("accepting");
        cancellationToken.ThrowIfCancellationRequested();
        if (_disposed) throw Disposed();
        if (_arrived.TryDequeue(out SimulatedConnection? connection)) return connection;

        var waiting = new TaskCompletionSource<NetConnection>();
        LinkedListNode<TaskCompletionSource<NetConnection>> node = _waiting.AddLast(waiting);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                if (node.List is not null) _waiting.Remove(node);
                waiting.TrySetCanceled(token);
            },
            null);
        return await waiting.Task.ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync()
    {
        host.Network.Loop.CheckThread("disposing a listener");
        if (_disposed) return ValueTask.CompletedTask;
        _disposed = true;
        host.Remove(this);
        host.Network.Record(TraceDetail.Connections, host.Name, $"stops listening on {local}");
        while (_arrived.TryDequeue(out SimulatedConnection? connection)) connection.Abort();
        while (_waiting.First is { } node)
        {
            _waiting.RemoveFirst();
            node.Value.TrySetException(Disposed());
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a place in the backlog. False when there is none: the attempt is refused.</summary>
    internal bool TryReserve()
    {
        if (_disposed || _arrived.Count + _expected >= host.Network.Options.Backlog) return false;
        _expected++;
        return true;
    }

    /// <summary>Gives back a place taken with <see cref="TryReserve"/> whose handshake ended in nothing.</summary>
    internal void Release() => _expected--;

    /// <summary>The handshake behind a reserved place is done.</summary>
    internal void OnArrived(SimulatedConnection connection)
    {
        _expected--;
        if (_disposed)
        {
            connection.Abort();
            return;
        }

        host.Network.Record(TraceDetail.Connections, host.Name, $"accepts {connection}");
        if (_waiting.First is not { } node)
        {
            _arrived.Enqueue(connection);
            return;
        }

        _waiting.RemoveFirst();
        node.Value.TrySetResult(connection);
    }

    private OperationCanceledException Disposed() => new($"The listener on {local} was disposed.");
}
