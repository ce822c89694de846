using System.Net;
using System.Net.Sockets;

namespace Shoal.Net.Simulation;

/// <summary>One attempt to connect: the question, its repetitions while nothing answers, and the answer.</summary>
internal sealed class ConnectAttempt
{
    private readonly SimulatedHost _from;
    private readonly SimulatedHost? _to;
    private readonly IPEndPoint _local;
    private readonly IPEndPoint _remote;
    private readonly TaskCompletionSource<NetConnection> _result = new();
    private readonly CallbackEvent _arrival;
    private readonly LinkOptions _link;
    private readonly long _deadline;

    internal ConnectAttempt(SimulatedHost from, IPEndPoint local, SimulatedHost? to, IPEndPoint remote)
    {
        _from = from;
        _to = to;
        _local = local;
        _remote = remote;
        _link = to is null ? Network.Options.Link : Network.LinkBetween(from, to);
        _arrival = new CallbackEvent(OnArrivedThere);
        _deadline = Loop.Now + Network.Options.ConnectTimeout.Ticks;
    }

    private SimulatedNetwork Network => _from.Network;

    private EventLoop Loop => _from.Network.Loop;

    internal async ValueTask<NetConnection> RunAsync(CancellationToken cancellationToken)
    {
        Network.Record(TraceDetail.Connections, _from.Name, $"connects to {_remote}");
        Ask();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                Loop.Cancel(_arrival);
                _result.TrySetCanceled(token);
            },
            null);
        return await _result.Task.ConfigureAwait(false);
    }

    private void Ask() => Loop.Schedule(_arrival, Loop.Now + Network.DrawLatency(_link));

    private void OnArrivedThere()
    {
        if (_to is null)
        {
            Answer(() => Fail(SocketError.HostUnreachable, "there is no such host"));
            return;
        }

        if (!Network.IsOpen(_from, _to))
        {
            if (Loop.Now >= _deadline) Fail(SocketError.TimedOut, $"no answer within {Network.Options.ConnectTimeout}");
            else Loop.Schedule(_arrival, Math.Min(_deadline, Loop.Now + Network.Options.ConnectRetry.Ticks));
            return;
        }

        // Drawn first, so that what is drawn later does not depend on who listens.
        bool lost = _link.ConnectLoss > 0 && Network.DrawDouble() < _link.ConnectLoss;
        if (lost) Answer(() => Fail(SocketError.ConnectionReset, "the attempt was lost"));
        else if (_to.FindListener(_remote) is not { } listener) Answer(() => Fail(SocketError.ConnectionRefused, "nobody listens there"));
        else if (!listener.TryReserve()) Answer(() => Fail(SocketError.ConnectionRefused, "too many wait to be accepted there"));
        else Answer(() => Open(listener));
    }

    private void Answer(Action answer) => Loop.Schedule(new CallbackEvent(answer), Loop.Now + Network.DrawLatency(_link));

    private void Fail(SocketError error, string reason)
    {
        if (_result.Task.IsCompleted) return;
        Network.Record(TraceDetail.Connections, _from.Name, $"cannot connect to {_remote}: {reason}");
        _result.TrySetException(new NetworkException($"Cannot connect to {_remote}: {reason}.", error));
    }

    private void Open(SimulatedListener listener)
    {
        if (_result.Task.IsCompleted || !Network.IsOpen(_from, _to!))
        {
            listener.Release();
            Fail(SocketError.TimedOut, "the answer was lost");
            return;
        }

        SimulatedConnection near = SimulatedConnection.CreatePair(_from, _local, _to!, _remote, _link, listener);
        Network.Record(TraceDetail.Connections, _from.Name, $"opens {near}");
        _result.TrySetResult(near);
    }
}
