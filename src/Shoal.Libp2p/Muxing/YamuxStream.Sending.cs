using System.Threading.Tasks.Sources;

namespace Shoal.Libp2p.Muxing;

/// <content>The sending half. Everything here is guarded by the session's lock.</content>
internal sealed partial class YamuxStream
{
    private enum WriteState
    {
        Idle,
        Started,
        Waiting,
        Done,
    }

    private YamuxFlags _flags;
    private byte[]? _ahead;
    private ReadOnlyMemory<byte> _writing;
    private WriteState _writeState;
    private bool _writeIsTaken;
    private long _sendCredit = YamuxOptions.InitialWindow;
    private int _windowUpdate;
    private bool _endRequested;
    private bool _endIsHeld;
    private bool _endSent;
    private Exception? _writeFailure;
    private Exception? _doneFailure;
    private ManualResetValueTaskSourceCore<bool> _write;
    private CancellationTokenRegistration _writeCancellation;

    /// <summary>True while it stands in the session's queue of streams with something to send.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>True once the peer ended its direction.</summary>
    internal bool EndReceived { get; private set; }

    /// <summary>True until the peer has acknowledged a stream of ours.</summary>
    internal bool IsUnacknowledged { get; set; }

    /// <summary>True when nothing of it was sent yet: the peer does not know of it.</summary>
    internal bool IsUnknownToPeer => (_flags & YamuxFlags.Syn) != 0;

    /// <summary>True when both directions have ended.</summary>
    internal bool IsOver => _endSent && EndReceived;

    /// <summary>True when nobody will read what still comes.</summary>
    internal bool IsAbandoned => _abandoned;

    /// <summary>Keep-alive ticks seen since it was abandoned.</summary>
    internal int TicksAbandoned { get; set; }

    /// <summary>True when bytes wait that go out before all else.</summary>
    internal bool HasAhead => _ahead is not null;

    /// <summary>True when there is something to send that the peer's credit allows.</summary>
    internal bool HasFrame => _windowUpdate > 0 || (HasBytes && _sendCredit > 0) || (EndIsDue && !_endSent) || _flags == YamuxFlags.Ack;

    private bool HasBytes => _ahead is not null || !_writing.IsEmpty;

    private bool EndIsDue => _endRequested && !_endIsHeld && !HasBytes;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        lock (_session.Sending)
        {
            if (_writeFailure is not null) return ValueTask.FromException(_writeFailure);
            if (_endRequested) throw new InvalidOperationException("The writing direction of this stream was completed.");
            if (_writeState != WriteState.Idle) throw new InvalidOperationException("Another write of this stream is in flight.");
            if (buffer.IsEmpty) return ValueTask.CompletedTask;
            _writing = buffer;
            _writeState = WriteState.Started;
            _session.Enqueue(this);
        }
        _session.Flush();
        lock (_session.Sending)
        {
            if (_writeState == WriteState.Done)
            {
                _writeState = WriteState.Idle;
                return _doneFailure is null ? ValueTask.CompletedTask : ValueTask.FromException(_doneFailure);
            }
            _write.Reset();
            _writeState = WriteState.Waiting;
        }
        var pending = new ValueTask(this, _write.Version);
        if (cancellationToken.CanBeCanceled)
            _writeCancellation = cancellationToken.UnsafeRegister(static (s, ct) => ((YamuxStream)s!).CancelWrite(ct), this);
        return pending;
    }

    internal override void WriteAhead(ReadOnlySpan<byte> bytes)
    {
        lock (_session.Sending)
        {
            if (_writeFailure is not null || _endRequested) return;
            _ahead = _ahead is null ? bytes.ToArray() : [.. _ahead, .. bytes];
            _session.Enqueue(this);
        }
    }

    internal override void HoldEnd()
    {
        lock (_session.Sending) _endIsHeld = true;
    }

    /// <summary>The peer has said something: it has a reader that will see our end.</summary>
    internal void ReleaseEnd()
    {
        if (!_endIsHeld) return;
        _endIsHeld = false;
        _session.Enqueue(this);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        _session.Flush();
        return Task.CompletedTask;
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        EndWrites();
        return ValueTask.CompletedTask;
    }

    public override void Abort(long code = 0) =>
        _session.Reset(this, new StreamResetException("the stream was aborted by us"), tellPeer: true);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            AbandonReads();
            EndWrites();
        }
        base.Dispose(disposing);
    }

    /// <summary>Adds credit. False when the sum is beyond what any window can be.</summary>
    internal bool AddCredit(uint credit)
    {
        _sendCredit += credit;
        return _sendCredit <= uint.MaxValue;
    }

    /// <summary>Adds to the credit that the next frame gives the peer.</summary>
    internal void AddWindowUpdate(int credit)
    {
        if (!EndReceived) _windowUpdate += credit;
    }

    /// <summary>The peer has ended its direction: it needs no credit any more.</summary>
    internal void OnEndReceived()
    {
        EndReceived = true;
        _windowUpdate = 0;
    }

    /// <summary>Takes the next frame to send.</summary>
    /// <param name="room">Most bytes it may have, header included; at least a header and some.</param>
    /// <param name="ahead">First part of the payload.</param>
    /// <param name="payload">Second part of the payload.</param>
    internal YamuxFrame TakeFrame(int room, out ReadOnlyMemory<byte> ahead, out ReadOnlyMemory<byte> payload)
    {
        ahead = default;
        payload = default;
        YamuxFlags flags = _flags;
        _flags = YamuxFlags.None;
        bool sendsBytes = HasBytes && _sendCredit > 0;
        if (_windowUpdate > 0 || (!sendsBytes && !_endRequested))
        {
            uint update = (uint)_windowUpdate;
            _windowUpdate = 0;
            return new YamuxFrame(YamuxType.WindowUpdate, flags, Id, update);
        }

        int left = (int)Math.Min(room - YamuxFrame.HeaderSize, _sendCredit);
        if (_ahead is not null && sendsBytes)
        {
            ahead = _ahead.AsMemory(0, Math.Min(left, _ahead.Length));
            _ahead = ahead.Length == _ahead.Length ? null : _ahead[ahead.Length..];
            left -= ahead.Length;
        }
        if (_ahead is null && sendsBytes)
        {
            payload = _writing[..Math.Min(left, _writing.Length)];
            _writing = _writing[payload.Length..];
            _writeIsTaken |= payload.Length > 0;
        }
        int length = ahead.Length + payload.Length;
        _sendCredit -= length;
        // The end has a frame of its own. On a frame with payload, the Go implementations tell the reader of the end before they
        // hand out the payload, and a reader that is quick takes the stream for finished.
        if (length == 0 && EndIsDue)
        {
            flags |= YamuxFlags.Fin;
            _endSent = true;
        }
        return new YamuxFrame(YamuxType.Data, flags, Id, (uint)length);
    }

    /// <summary>Payload taken was copied. True when a write is complete and to be woken.</summary>
    internal bool OnTaken()
    {
        _writeIsTaken = false;
        if (!_writing.IsEmpty && _writeFailure is null) return false;
        return EndWrite();
    }

    /// <summary>Nothing more can be written. True when a write is to be woken.</summary>
    internal bool FailWrites(Exception reason)
    {
        if (_writeFailure is not null) return false;
        _writeFailure = reason;
        _ahead = null;
        _endSent = true;
        if (_writeIsTaken) return false; // Its bytes are being copied this moment; OnTaken ends it.
        _writing = default;
        return EndWrite();
    }

    /// <summary>Hands its result to the write that waited. Runs the writer's code.</summary>
    internal void WakeWriter()
    {
        Exception? failure = _writeFailure;
        if (failure is null) _write.SetResult(true);
        else _write.SetException(failure);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _writeCancellation.Dispose();
        _writeCancellation = default;
        _write.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private void EndWrites()
    {
        lock (_session.Sending)
        {
            if (_endRequested || _writeFailure is not null) return;
            _endRequested = true;
            if (IsUnknownToPeer && _ahead is null) _session.Forget(this);
            else _session.Enqueue(this);
        }
        _session.Flush();
    }

    private bool EndWrite()
    {
        switch (_writeState)
        {
            case WriteState.Waiting:
                _writeState = WriteState.Idle;
                return true;
            case WriteState.Started:
                _writeState = WriteState.Done;
                _doneFailure = _writeFailure; // What befalls the stream from now on is not this write's.
                return false;
            default:
                return false;
        }
    }

    private void CancelWrite(CancellationToken cancellationToken)
    {
        lock (_session.Sending)
        {
            if (_writeState != WriteState.Waiting || _writeIsTaken) return;
            _writing = default;
            _writeState = WriteState.Idle;
        }
        _write.SetException(new OperationCanceledException(cancellationToken));
    }
}
