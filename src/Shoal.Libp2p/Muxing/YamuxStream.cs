using System.Threading.Tasks.Sources;

namespace Shoal.Libp2p.Muxing;

/// <summary>One stream of a <see cref="YamuxSession"/>. What it receives is in this file, what it sends in the other.</summary>
/// <remarks>
/// The receiving half is guarded by the stream's own lock, the sending half by the session's. Neither is held while foreign
/// code runs.
/// </remarks>
internal sealed partial class YamuxStream : Libp2pStream, IValueTaskSource<int>, IValueTaskSource
{
    private readonly YamuxSession _session;
    private readonly Lock _receiving = new();

    private ReceiveQueue _received;
    private int _window = YamuxOptions.InitialWindow;
    private int _credit = YamuxOptions.InitialWindow;
    private int _consumed;
    private long _lastUpdate;
    private bool _ended;
    private bool _abandoned;
    private Exception? _readFailure;

    private bool _readWaits;
    private Memory<byte> _readBuffer;
    private int _readResult;
    private ManualResetValueTaskSourceCore<int> _read;
    private CancellationTokenRegistration _readCancellation;

    internal YamuxStream(YamuxSession session, uint id, bool inbound)
    {
        _session = session;
        Id = id;
        IsInbound = inbound;
        _flags = inbound ? YamuxFlags.Ack : YamuxFlags.Syn;
    }

    /// <summary>Its number on the connection.</summary>
    internal uint Id { get; }

    /// <summary>True when the peer opened it.</summary>
    internal bool IsInbound { get; }

    /// <summary>Bytes that came after nobody was to read them.</summary>
    internal int Discarded { get; private set; }

    private protected override ValueTask<int> ReadCoreAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        int count;
        int update;
        lock (_receiving)
        {
            if (_received.Length == 0)
            {
                if (_readFailure is not null) return ValueTask.FromException<int>(_readFailure);
                if (_ended) return new(0);
                if (_readWaits) throw new InvalidOperationException("Another read of this stream is in flight.");
                _readBuffer = buffer;
                _readWaits = true;
                _read.Reset();
                count = -1;
                update = 0;
            }
            else
            {
                count = _received.Read(buffer.Span);
                update = Consume(count);
            }
        }

        if (count >= 0)
        {
            _session.OnUnread(-count);
            if (update > 0) _session.SendWindowUpdate(this, update);
            return new(count);
        }

        if (cancellationToken.CanBeCanceled)
            _readCancellation = cancellationToken.UnsafeRegister(static (s, ct) => ((YamuxStream)s!).CancelRead(ct), this);
        _session.FlushAhead(this);
        return new ValueTask<int>(this, _read.Version);
    }

    /// <summary>Takes the length of a data frame whose payload is about to come.</summary>
    /// <exception cref="Net.WireFormatException">It is more than the peer has credit for.</exception>
    internal void OnDataHeader(uint length)
    {
        lock (_receiving)
        {
            if (length > (uint)_credit) throw new Net.WireFormatException($"yamux stream {Id}: {length} bytes sent, credit for {_credit} left");
            _credit -= (int)length;
        }
    }

    /// <summary>Takes payload: into the buffer of a waiting read, else into the queue.</summary>
    /// <param name="bytes">The payload, or a part of it.</param>
    /// <param name="update">Credit to give back now, in bytes; 0 for none.</param>
    /// <param name="queued">Bytes that wait to be read.</param>
    /// <returns>True when a read is to be woken.</returns>
    internal bool OnData(ReadOnlySpan<byte> bytes, out int update, out int queued)
    {
        update = 0;
        queued = 0;
        lock (_receiving)
        {
            if (_abandoned || _readFailure is not null)
            {
                Discarded += bytes.Length;
                return false;
            }
            bool wake = _readWaits;
            if (wake)
            {
                int count = Math.Min(bytes.Length, _readBuffer.Length);
                bytes[..count].CopyTo(_readBuffer.Span);
                bytes = bytes[count..];
                FinishRead(count);
                update = Consume(count);
            }
            _received.Append(bytes);
            queued = bytes.Length;
            return wake;
        }
    }

    /// <summary>The peer has ended its direction. True when a read is to be woken.</summary>
    internal bool OnEnd()
    {
        lock (_receiving)
        {
            _ended = true;
            if (!_readWaits) return false;
            FinishRead(0);
            return true;
        }
    }

    /// <summary>Nothing more can be read. What was received before a lost connection stays readable; after a reset it is gone.</summary>
    /// <returns>True when a read is to be woken.</returns>
    internal bool FailReads(Exception reason, bool dropReceived)
    {
        int dropped = 0;
        bool wake;
        lock (_receiving)
        {
            if (_readFailure is not null || (_ended && !dropReceived)) return false;
            _readFailure = reason;
            if (dropReceived)
            {
                dropped = _received.Length;
                _received.Clear();
            }
            wake = _readWaits;
            if (wake) FinishRead(-1);
        }
        _session.OnUnread(-dropped);
        return wake;
    }

    /// <summary>Hands its result to the read that waited. Runs the reader's code.</summary>
    internal void WakeReader()
    {
        int result = _readResult;
        if (result >= 0) _read.SetResult(result);
        else _read.SetException(_readFailure!);
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _readCancellation.Dispose();
        _readCancellation = default;
        return _read.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    // Under the lock: the waiting read has its result; it is woken later, outside.
    private void FinishRead(int result)
    {
        _readWaits = false;
        _readBuffer = default;
        _readResult = result;
    }

    private void CancelRead(CancellationToken cancellationToken)
    {
        lock (_receiving)
        {
            if (!_readWaits) return;
            _readWaits = false;
            _readBuffer = default;
        }
        _read.SetException(new OperationCanceledException(cancellationToken));
    }

    // Under the lock: notes that bytes were read, and says how much credit to give back now.
    private int Consume(int count)
    {
        _consumed += count;
        if (_consumed < _window / 2 || _ended) return 0;

        // A window that empties faster than credit can travel is what limits the stream: double it.
        int grown = _session.GrowWindow(_window, ref _lastUpdate);
        int update = _consumed + grown;
        _window += grown;
        _credit += update;
        _consumed = 0;
        return update;
    }

    private void AbandonReads()
    {
        int dropped;
        bool wake;
        lock (_receiving)
        {
            if (_abandoned) return;
            _abandoned = true;
            _readFailure ??= new ObjectDisposedException(nameof(Libp2pStream));
            dropped = _received.Length;
            _received.Clear();
            wake = _readWaits;
            if (wake) FinishRead(-1);
        }
        _session.OnUnread(-dropped);
        _session.ShrinkWindow(_window);
        if (wake) WakeReader();
    }
}
