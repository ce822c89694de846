using System.Buffers;
using Shoal.Net;

namespace Shoal.Libp2p.Muxing;

/// <content>Sending: control frames first, then every stream with something to say in turn, packed into full records.</content>
internal sealed partial class YamuxSession
{
    /// <summary>Plaintext of a record, in bytes: four of them, encrypted, fill a 256 KiB block.</summary>
    private const int RecordPlaintext = 65_516;

    /// <summary>Plaintext of a block, in bytes.</summary>
    private const int BlockPlaintext = 4 * RecordPlaintext;

    /// <summary>Most payload in one data frame, in bytes. Default: 64 KiB less a header (go-libp2p and js-libp2p send up to 64 KiB).</summary>
    private const int MaxFrame = RecordPlaintext;

    /// <summary>A stream's turn while others wait, in bytes. Default: 16 KiB.</summary>
    private const int Quantum = 16 * 1024;

    /// <summary>Blocks one thread sends for others before it hands over to the pool.</summary>
    private const int MaxRounds = 8;

    [ThreadStatic]
    private static YamuxSession? _batch;

    private Queue<YamuxFrame>? _control;
    private Queue<YamuxStream>? _ready;
    private List<Piece>? _pieces;
    private bool _flushing;
    private long _flushes;
    private Task? _flushTask;

    private uint _pingId;
    private uint? _keepAlivePing;
    private bool _measuring;
    private TimeSpan _roundTrip;
    private Dictionary<uint, (long SentAt, TaskCompletionSource<TimeSpan> Done)>? _pings;

    private readonly record struct Piece(YamuxFrame Frame, ReadOnlyMemory<byte> Ahead, ReadOnlyMemory<byte> Payload, YamuxStream? Stream);

    /// <summary>True when something waits that must not wait for a reader's code to finish.</summary>
    private bool HasUrgentControl => _control is { Count: > 0 };

    /// <summary>Puts a stream into the queue if it has something to send. Under <see cref="Sending"/>.</summary>
    internal void Enqueue(YamuxStream stream)
    {
        if (stream.IsQueued || _failure is not null || !stream.HasFrame) return;
        stream.IsQueued = true;
        (_ready ??= new Queue<YamuxStream>()).Enqueue(stream);
    }

    /// <summary>Gives credit back to the peer.</summary>
    internal void SendWindowUpdate(YamuxStream stream, int credit)
    {
        lock (Sending)
        {
            stream.AddWindowUpdate(credit);
            Enqueue(stream);
        }
        if (_batch != this) Flush();
    }

    /// <summary>A read is about to wait: what was held back on its stream must not wait too.</summary>
    internal void FlushAhead(YamuxStream stream)
    {
        if (stream.HasAhead && _batch != this) Flush();
    }

    /// <summary>Sends what waits, unless somebody is doing so already.</summary>
    internal void Flush()
    {
        long mine;
        lock (Sending)
        {
            if (_flushing || _failure is not null || !HasWork) return;
            _flushing = true;
            mine = ++_flushes;
        }
        Task flush = FlushLoopAsync();
        if (flush.IsCompleted) return;
        lock (Sending)
        {
            if (_flushes == mine) _flushTask = flush; // Else it has ended meanwhile, and another one runs.
        }
    }

    internal override async Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<TimeSpan> done;
        lock (Sending)
        {
            if (_failure is not null) throw new ConnectionClosedException("the connection is closed", _failure);
            done = EnqueuePing().Done;
        }
        Flush();
        return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool HasWork => _control is { Count: > 0 } || _ready is { Count: > 0 };

    // Under the lock.
    private void EnqueueControl(YamuxFrame frame) => (_control ??= new Queue<YamuxFrame>()).Enqueue(frame);

    // Under the lock. What a peer makes us say is bounded; what we say by ourselves is by its nature.
    private void EnqueueAnswer(YamuxFrame frame)
    {
        if (_control is not null && _control.Count >= _options.MaxPendingControl)
            throw new WireFormatException($"the peer makes us answer but does not read: {_control.Count} answers wait (YamuxOptions.MaxPendingControl)");
        EnqueueControl(frame);
    }

    // Under the lock.
    private (uint Id, TaskCompletionSource<TimeSpan> Done) EnqueuePing()
    {
        uint id = ++_pingId;
        var done = new TaskCompletionSource<TimeSpan>();
        (_pings ??= []).Add(id, (_time.GetTimestamp(), done));
        EnqueueControl(new YamuxFrame(YamuxType.Ping, YamuxFlags.Syn, 0, id));
        return (id, done);
    }

    private void OnPong(uint id)
    {
        (long SentAt, TaskCompletionSource<TimeSpan> Done) ping;
        lock (Sending)
        {
            if (_pings is null || !_pings.Remove(id, out ping)) return; // Late, or never asked: says nothing.
            TimeSpan measured = _time.GetElapsedTime(ping.SentAt);
            _roundTrip = _roundTrip == TimeSpan.Zero || measured < _roundTrip ? measured : (_roundTrip * 7 + measured) / 8;
            if (_keepAlivePing == id) _keepAlivePing = null;
        }
        ping.Done.TrySetResult(_roundTrip);
    }

    private void FailPings(Exception reason)
    {
        Dictionary<uint, (long, TaskCompletionSource<TimeSpan> Done)>? pings;
        lock (Sending)
        {
            pings = _pings;
            _pings = null;
        }
        if (pings is null) return;
        foreach ((_, TaskCompletionSource<TimeSpan> done) in pings.Values)
        {
            done.TrySetException(reason);
            _ = done.Task.Exception;
        }
    }

    // The round trip, or zero while it is being measured for the first time.
    private TimeSpan RoundTrip()
    {
        if (_roundTrip != TimeSpan.Zero || _measuring) return _roundTrip;
        _measuring = true;
        lock (Sending)
        {
            if (_failure is null) EnqueuePing();
        }
        return TimeSpan.Zero;
    }

    private void OnTick()
    {
        List<YamuxStream>? stale = null;
        lock (Sending)
        {
            if (_failure is not null) return;
            if (_streams is not null)
            {
                // Closed by us, but the peer neither ends nor goes on: two ticks are patience enough.
                foreach (YamuxStream stream in _streams.Values)
                    if (stream.IsAbandoned && ++stream.TicksAbandoned > 2) (stale ??= []).Add(stream);
            }
        }
        if (stale is not null)
            foreach (YamuxStream stream in stale) Reset(stream, new StreamResetException("the stream was closed by us"), tellPeer: true);

        bool silent = !_heardSinceTick;
        _heardSinceTick = false;
        if (!silent) return;
        bool dead;
        lock (Sending)
        {
            dead = _keepAlivePing is not null;
            if (!dead) _keepAlivePing = EnqueuePing().Id;
        }
        if (dead) Fail(new ConnectionClosedException($"the peer has not answered for {_options.KeepAliveInterval.TotalSeconds:0} s (YamuxOptions.KeepAliveInterval)"));
        else Flush();
    }

    private async Task FlushLoopAsync()
    {
        List<Piece> pieces = _pieces ??= [];
        try
        {
            for (int rounds = 1; ; rounds++)
            {
                int plaintext = TakePieces(pieces);
                if (pieces.Count == 0) return;
                byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize(plaintext));
                try
                {
                    int length = Encode(pieces, block);
                    FinishWrites(pieces);
                    await _channel.SendAsync(block.AsMemory(0, length)).ConfigureAwait(false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(block);
                }
                if (rounds == MaxRounds && !_inline)
                {
                    rounds = 0; // This thread came to send something of its own; somebody else may go on.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
            FinishWrites(pieces);
            lock (Sending) _flushing = false;
        }
    }

    // Takes frames for one block. Without any, flushing is over: decided under the same lock as "somebody is flushing".
    private int TakePieces(List<Piece> pieces)
    {
        pieces.Clear();
        int total = 0;
        bool idle = false;
        lock (Sending)
        {
            while (_control is { Count: > 0 } && total < BlockPlaintext - YamuxFrame.HeaderSize)
            {
                pieces.Add(new Piece(_control.Dequeue(), default, default, null));
                total += YamuxFrame.HeaderSize;
            }
            while (_failure is null && _ready is { Count: > 0 } && BlockPlaintext - total > 2 * YamuxFrame.HeaderSize)
            {
                YamuxStream stream = _ready.Dequeue();
                stream.IsQueued = false;
                if (!stream.HasFrame) continue;
                int turn = _ready.Count == 0 ? MaxFrame : Quantum;
                YamuxFrame frame = stream.TakeFrame(Math.Min(turn, BlockPlaintext - total), out ReadOnlyMemory<byte> ahead, out ReadOnlyMemory<byte> payload);
                pieces.Add(new Piece(frame, ahead, payload, stream));
                total += YamuxFrame.HeaderSize + ahead.Length + payload.Length;
                Enqueue(stream);
                if (stream.IsOver) Forget(stream);
            }
            if (pieces.Count == 0)
            {
                _flushing = false;
                idle = _peerIsLeaving;
            }
        }
        if (idle) CloseWhenIdle();
        return total;
    }

    private int BlockSize(int plaintext)
    {
        int overhead = _channel.RecordPrefix + _channel.RecordSuffix;
        int records = (plaintext + RecordPlaintext - 1) / RecordPlaintext;
        return plaintext + records * overhead;
    }

    private int Encode(List<Piece> pieces, byte[] block)
    {
        var writer = new RecordWriter(_channel, block, RecordPlaintext);
        Span<byte> header = stackalloc byte[YamuxFrame.HeaderSize];
        foreach (Piece piece in pieces)
        {
            piece.Frame.Write(header);
            writer.Append(header);
            writer.Append(piece.Ahead.Span);
            writer.Append(piece.Payload.Span);
        }
        return writer.Finish();
    }

    // The payloads were copied: their writers may go on.
    private void FinishWrites(List<Piece> pieces)
    {
        foreach (Piece piece in pieces)
        {
            if (piece.Payload.IsEmpty) continue;
            bool wake;
            lock (Sending) wake = piece.Stream!.OnTaken();
            if (wake) Run(piece.Stream!, Wake.Writer);
        }
        pieces.Clear();
    }
}
