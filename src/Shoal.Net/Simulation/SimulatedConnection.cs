using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Shoal.Net.Simulation;

/// <summary>One end of a connection between two <see cref="SimulatedHost"/>s.</summary>
internal sealed class SimulatedConnection : NetConnection
{
    private readonly SimulatedHost _host;
    private readonly SimulatedPath _out;
    private readonly SimulatedPath _in;
    private readonly long _number;
    private readonly Signal _data = new();
    private readonly Signal _roomThere = new();
    private readonly Queue<SimulatedPath.Piece> _received = new();
    private LinkedListNode<SimulatedConnection>? _entry;
    private SimulatedConnection _peer = null!;
    private SimulatedListener? _listener;
    private CallbackEvent? _loss;
    private int _headRead;
    private bool _ended; // The peer ended its direction.
    private bool _completed; // We ended ours.
    private bool _closed; // Disposed.
    private SocketError? _broken;
    private string _reason = "";

    private SimulatedConnection(SimulatedHost host, IPEndPoint local, IPEndPoint remote, SimulatedPath @out, SimulatedPath @in, long number)
    {
        _host = host;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        _out = @out;
        _in = @in;
        _number = number;
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    /// <summary>True while a send waits for room in the window.</summary>
    internal bool WaitsForRoom { get; private set; }

    private EventLoop Loop => _host.Network.Loop;

    /// <summary>Makes both ends. The far one shows at the listener a latency later, before anything that the near one sends.</summary>
    /// <returns>The near end.</returns>
    internal static SimulatedConnection CreatePair(
        SimulatedHost from, IPEndPoint local, SimulatedHost to, IPEndPoint remote, LinkOptions link, SimulatedListener listener)
    {
        SimulatedNetwork network = from.Network;
        long number = network.NextConnectionNumber();
        var there = new SimulatedPath(from, to, link);
        var back = new SimulatedPath(to, from, link);
        var near = new SimulatedConnection(from, local, remote, there, back, number);
        var far = new SimulatedConnection(to, remote, local, back, there, number) { _listener = listener };
        near._peer = far;
        far._peer = near;
        there.Join(near, far);
        back.Join(far, near);
        near._entry = from.Add(near);
        far._entry = to.Add(far);
        there.Send(SimulatedPath.Mark.Opened);
        if (link.BreakProbability > 0) near.PlanLoss(link);
        return near;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WaitForDataAsync()
    {
        Loop.CheckInRun("receiving");
        while (_received.Count == 0 && !_ended && _broken is null) await _data.Arm().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        Loop.CheckInRun("receiving");
        while (true)
        {
            ThrowIfBroken();
            if (_received.Count > 0) return Take(buffer.Span);
            if (_ended) return 0;
            await _data.Arm().ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Loop.CheckInRun("sending");
        if (_completed && _broken is null) throw new InvalidOperationException("The writing direction was completed.");
        while (true)
        {
            ThrowIfBroken();
            if (bytes.IsEmpty) return;
            int sent = _out.Send(bytes.Span);
            bytes = bytes[sent..];
            if (sent > 0) continue;
            WaitsForRoom = true;
            await _roomThere.Arm().ConfigureAwait(false);
        }
    }

    public override void CompleteWrites()
    {
        Loop.CheckThread("ending a direction");
        if (_completed || _broken is not null) return;
        _completed = true;
        _out.Send(SimulatedPath.Mark.End);
    }

    public override void Abort()
    {
        Loop.CheckThread("aborting");
        if (_broken is not null || _closed) return;
        _host.Network.Record(TraceDetail.Connections, _host.Name, $"drops {this}");
        _out.Send(SimulatedPath.Mark.Reset);
        Break(SocketError.OperationAborted, "it was aborted here");
    }

    public override ValueTask DisposeAsync()
    {
        Loop.CheckThread("closing");
        if (_closed) return ValueTask.CompletedTask;
        CompleteWrites();
        _closed = true;
        if (_broken is null) _host.Network.Record(TraceDetail.Connections, _host.Name, $"closes {this}");
        Leave();
        Break(SocketError.OperationAborted, "it was closed here");
        return ValueTask.CompletedTask;
    }

    public override string ToString() => $"#{_number} {LocalEndPoint}-{RemoteEndPoint}";

    /// <summary>Something arrived.</summary>
    internal void OnPiece(SimulatedPath.Piece piece)
    {
        switch (piece.Mark)
        {
            case SimulatedPath.Mark.Opened:
                SimulatedListener? listener = _listener;
                _listener = null;
                listener?.OnArrived(this);
                break;
            case SimulatedPath.Mark.Reset:
                Lose("the peer dropped it");
                break;
            case SimulatedPath.Mark.Data or SimulatedPath.Mark.End when _broken is not null:
                SimulatedPath.Return(piece);
                // As TCP does: nobody is here any more. An end of stream after our own orderly close asks for no answer.
                if (!(_closed && piece.Mark == SimulatedPath.Mark.End)) _out.Send(SimulatedPath.Mark.Reset);
                break;
            case SimulatedPath.Mark.Data:
                _received.Enqueue(piece);
                Wake(_data);
                break;
            case SimulatedPath.Mark.End:
                _ended = true;
                Wake(_data);
                break;
        }
    }

    /// <summary>The last step of the handshake got lost: no listener will ever see this end.</summary>
    internal void OnNeverOpened() => Break(SocketError.ConnectionReset, "it never opened");

    /// <summary>The window has room again.</summary>
    internal void OnRoom()
    {
        WaitsForRoom = false;
        Wake(_roomThere);
    }

    /// <summary>What was sent could not be delivered for too long.</summary>
    internal void OnGiveUp()
    {
        _out.Clear();
        Break(SocketError.TimedOut, "the peer could not be reached for too long");
    }

    /// <summary>The host went down.</summary>
    internal void OnHostDown()
    {
        _out.Clear();
        Break(SocketError.NetworkDown, "the host went down");
        SimulatedConnection peer = _peer;
        var hear = new CallbackEvent(() =>
        {
            if (!_host.Network.IsCut(_host, peer._host)) peer.Lose("the peer's host went down");
        });
        Loop.Schedule(hear, Loop.Now + _host.Network.LinkBetween(_host, peer._host).Latency.Ticks);
    }

    private void PlanLoss(LinkOptions link)
    {
        // Both drawn always, so that what is drawn later does not depend on the outcome.
        bool lost = _host.Network.DrawDouble() < link.BreakProbability;
        long at = Loop.Now + (long)(link.BreakWithin.Ticks * _host.Network.DrawDouble());
        if (!lost) return;
        _loss = _peer._loss = new CallbackEvent(() =>
        {
            _host.Network.Record(TraceDetail.Connections, _host.Name, $"loses {this}");
            _out.Clear();
            _in.Clear();
            Lose("the connection was lost");
            _peer.Lose("the connection was lost");
        });
        Loop.Schedule(_loss, at);
    }

    private void Lose(string reason)
    {
        // What was sent before an orderly close of ours is still on its way; all else is lost with the connection.
        if (_broken is null) _out.Clear();
        Break(SocketError.ConnectionReset, reason);
    }

    private void Break(SocketError error, string reason)
    {
        if (_broken is not null) return;
        _broken = error;
        _reason = reason;
        while (_received.TryDequeue(out SimulatedPath.Piece piece)) SimulatedPath.Return(piece);
        Leave();
        WaitsForRoom = false;
        Wake(_data);
        Wake(_roomThere);
    }

    private void Leave()
    {
        if (_entry is null) return;
        _host.Remove(_entry);
        _entry = null;
        if (_listener is { } listener)
        {
            _listener = null;
            listener.Release();
        }

        if (_peer._entry is null && _loss is not null) Loop.Cancel(_loss);
    }

    private int Take(Span<byte> buffer)
    {
        int taken = 0;
        while (taken < buffer.Length && _received.TryPeek(out SimulatedPath.Piece piece))
        {
            ReadOnlySpan<byte> rest = piece.Buffer.AsSpan(_headRead, piece.Count - _headRead);
            int count = Math.Min(rest.Length, buffer.Length - taken);
            rest[..count].CopyTo(buffer[taken..]);
            taken += count;
            _headRead += count;
            if (_headRead < piece.Count) break;
            _received.Dequeue();
            _headRead = 0;
            SimulatedPath.Return(piece);
        }

        if (taken > 0) _in.OnConsumed(taken);
        return taken;
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } error) throw new NetworkException($"The connection {this} broke: {_reason}.", error);
    }

    private static void Wake(Signal signal)
    {
        if (signal.Disarm()) signal.Complete();
    }
}
