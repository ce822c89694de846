using System.Runtime.CompilerServices;
using Shoal.Net;

namespace Shoal.Libp2p.Muxing;

/// <content>The reading loop: frames in, streams woken.</content>
internal sealed partial class YamuxSession
{
    /// <summary>Bytes processed before readers that wait are woken although more has arrived. Default: 64 KiB.</summary>
    private const int WakeAfter = 64 * 1024;

    /// <summary>Bytes that may come for a stream after we have closed it, before it is reset. Default: 4 KiB: what a peer still answers to a message that wants no answer.</summary>
    private const int MaxDiscarded = 4 * 1024;

    private readonly byte[] _header = new byte[YamuxFrame.HeaderSize];
    private int _headerLength;
    private YamuxStream? _payloadOf;
    private uint _payloadLeft;
    private bool _payloadEnds;
    private bool _heardSinceTick;

    private Action<Libp2pStream>? _onStream;
    private YamuxStream? _woken;
    private List<YamuxStream>? _moreWoken;

    private enum Wake
    {
        Reader,
        Writer,
    }

    private async Task ReadLoopAsync()
    {
        Exception? reason = null;
        int processed = 0;
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> piece = await new ReadThenWake(this, _channel.ReadAsync());
                if (piece.IsEmpty) break;
                Process(piece.Span);
                processed += piece.Length;
                if (processed < WakeAfter) continue;
                processed = 0;
                WakeReaders(TakeWoken(), tail: false);
                Flush();
            }
        }
        catch (WireFormatException e)
        {
            YamuxLog.ProtocolError(_log, e.Message);
            lock (Sending) EnqueueControl(new YamuxFrame(YamuxType.GoAway, YamuxFlags.None, 0, (uint)YamuxGoAway.ProtocolError));
            Flush();
            reason = e;
        }
        catch (Exception e)
        {
            reason = e;
        }
        WakeReaders(TakeWoken(), tail: false);
        await TearDownAsync(reason).ConfigureAwait(false);
    }

    private void Process(ReadOnlySpan<byte> piece)
    {
        _heardSinceTick = true;
        while (!piece.IsEmpty)
        {
            if (_payloadLeft > 0)
            {
                int count = (int)Math.Min((uint)piece.Length, _payloadLeft);
                _payloadLeft -= (uint)count;
                if (_payloadOf is { } stream) OnPayload(stream, piece[..count]);
                piece = piece[count..];
                if (_payloadLeft == 0) EndPayload();
                continue;
            }

            ReadOnlySpan<byte> header = piece;
            if (_headerLength > 0 || piece.Length < YamuxFrame.HeaderSize)
            {
                int count = Math.Min(piece.Length, YamuxFrame.HeaderSize - _headerLength);
                piece[..count].CopyTo(_header.AsSpan(_headerLength));
                _headerLength += count;
                piece = piece[count..];
                if (_headerLength < YamuxFrame.HeaderSize) return;
                _headerLength = 0;
                header = _header;
            }
            else
            {
                piece = piece[YamuxFrame.HeaderSize..];
            }
            OnFrame(YamuxFrame.Read(header[..YamuxFrame.HeaderSize]));
        }
    }

    private void OnFrame(YamuxFrame frame)
    {
        switch (frame.Type)
        {
            case YamuxType.Data:
            case YamuxType.WindowUpdate:
                OnStreamFrame(frame);
                break;
            case YamuxType.Ping when (frame.Flags & YamuxFlags.Syn) != 0:
                lock (Sending) EnqueueAnswer(new YamuxFrame(YamuxType.Ping, YamuxFlags.Ack, 0, frame.Length));
                break;
            case YamuxType.Ping:
                OnPong(frame.Length);
                break;
            default:
                OnGoAway((YamuxGoAway)frame.Length);
                break;
        }
    }

    private void OnStreamFrame(YamuxFrame frame)
    {
        YamuxStream? stream;
        bool opened = false;
        bool wakeWriter = false;
        lock (Sending)
        {
            if ((frame.Flags & YamuxFlags.Syn) != 0)
            {
                stream = Accept(frame.StreamId);
                opened = stream is not null;
            }
            else
            {
                stream = Find(frame.StreamId);
            }
            if (stream is not null && (frame.Flags & YamuxFlags.Ack) != 0) Acknowledge(stream);
            if (stream is not null && (frame.Type == YamuxType.Data || (frame.Flags & YamuxFlags.Fin) != 0)) stream.ReleaseEnd();
            if (stream is not null && frame.Type == YamuxType.WindowUpdate && frame.Length > 0)
            {
                if (!stream.AddCredit(frame.Length)) throw new WireFormatException($"yamux stream {stream.Id}: window beyond 2^32");
                Enqueue(stream);
            }
            if ((frame.Flags & YamuxFlags.Rst) != 0 && stream is not null)
            {
                Forget(stream);
                wakeWriter = stream.FailWrites(new StreamResetException("the peer reset the stream"));
            }
        }

        if (opened) _onStream!(stream!);
        if ((frame.Flags & YamuxFlags.Rst) != 0)
        {
            if (stream is not null && stream.FailReads(new StreamResetException("the peer reset the stream"), dropReceived: true)) AddWoken(stream);
            if (wakeWriter) Run(stream!, Wake.Writer);
            stream = null;
        }

        bool ends = (frame.Flags & YamuxFlags.Fin) != 0;
        if (frame.Type != YamuxType.Data || frame.Length == 0)
        {
            if (ends && stream is not null) OnEnd(stream);
            return;
        }
        stream?.OnDataHeader(frame.Length);
        _payloadOf = stream;
        _payloadLeft = frame.Length;
        _payloadEnds = ends;
    }

    // Under the lock.
    private YamuxStream? Accept(uint id)
    {
        if ((id & 1) == (_initiator ? 1u : 0u)) throw new WireFormatException($"the peer opened yamux stream {id}, a number of ours");
        if (_streams is not null && _streams.ContainsKey(id)) throw new WireFormatException($"the peer opened yamux stream {id} twice");
        _highestInbound = Math.Max(_highestInbound, id);
        if (_closing || _inbound >= _options.MaxInboundStreams)
        {
            if (!_closing && ++_refused > _options.MaxRefusedStreams)
                throw new WireFormatException($"the peer goes on opening streams beyond the limit of {_options.MaxInboundStreams} (YamuxOptions.MaxInboundStreams)");
            EnqueueAnswer(new YamuxFrame(YamuxType.WindowUpdate, YamuxFlags.Rst, id, 0));
            return null;
        }
        var stream = new YamuxStream(this, id, inbound: true);
        _inbound++;
        (_streams ??= []).Add(id, stream);
        Enqueue(stream); // Its acknowledgement goes out with the first answer, or at the end of this batch.
        return stream;
    }

    // Under the lock. Frames for a stream that was closed meanwhile are normal; for one that never was, they are not.
    private YamuxStream? Find(uint id)
    {
        if (_streams is not null && _streams.TryGetValue(id, out YamuxStream? stream)) return stream;
        bool ours = (id & 1) == (_initiator ? 1u : 0u);
        if (ours ? id >= _nextId : id > _highestInbound) throw new WireFormatException($"a frame for yamux stream {id}, which nobody opened");
        return null;
    }

    private void OnPayload(YamuxStream stream, ReadOnlySpan<byte> bytes)
    {
        if (stream.OnData(bytes, out int update, out int queued)) AddWoken(stream);
        if (update > 0)
        {
            lock (Sending)
            {
                stream.AddWindowUpdate(update);
                Enqueue(stream);
            }
        }
        if (queued > 0 && OnUnread(queued) > _options.MaxUnreadBytes)
        {
            YamuxLog.UnreadLimit(_log, stream.Id, _options.MaxUnreadBytes);
            Reset(stream, new StreamResetException($"more than {_options.MaxUnreadBytes} bytes wait to be read on this connection (YamuxOptions.MaxUnreadBytes)"), tellPeer: true);
        }
        else if (stream.IsAbandoned && _payloadLeft == 0 && !_payloadEnds && stream.Discarded > MaxDiscarded)
        {
            // Nobody reads it, and it is more than a late answer: say so, rather than let the peer wait for credit.
            Reset(stream, new StreamResetException("the stream was closed by us"), tellPeer: true);
        }
    }

    private void EndPayload()
    {
        YamuxStream? stream = _payloadOf;
        _payloadOf = null;
        if (_payloadEnds && stream is not null) OnEnd(stream);
        _payloadEnds = false;
    }

    private void OnEnd(YamuxStream stream)
    {
        if (stream.OnEnd()) AddWoken(stream);
        lock (Sending)
        {
            stream.OnEndReceived();
            if (stream.IsOver) Forget(stream);
        }
        CloseWhenIdle();
    }

    private void OnGoAway(YamuxGoAway reason)
    {
        YamuxLog.GoAway(_log, reason);
        lock (Sending) _peerIsLeaving = true;
        CloseWhenIdle();
    }

    // The peer has said goodbye: once no stream is left, nothing holds the connection.
    private void CloseWhenIdle()
    {
        lock (Sending)
        {
            if (!_peerIsLeaving || _closing || _flushing || StreamCount > 0) return;
        }
        _channel.CompleteWrites();
    }

    private void AddWoken(YamuxStream stream)
    {
        if (_woken is null) _woken = stream;
        else (_moreWoken ??= []).Add(stream);
    }

    private (YamuxStream? First, List<YamuxStream>? More) TakeWoken()
    {
        (YamuxStream?, List<YamuxStream>?) woken = (_woken, _moreWoken);
        _woken = null;
        _moreWoken = null;
        return woken;
    }

    /// <summary>Wakes the readers whose data came in.</summary>
    /// <param name="woken">The readers.</param>
    /// <param name="tail">True when this thread has nothing else to do: one of them runs on it, without a switch of threads.</param>
    private void WakeReaders((YamuxStream? First, List<YamuxStream>? More) woken, bool tail)
    {
        if (woken.First is null) return;
        if (woken.More is not null)
            foreach (YamuxStream stream in woken.More) Run(stream, Wake.Reader);
        if (tail) woken.First.WakeReader();
        else Run(woken.First, Wake.Reader);
    }

    // Runs a reader's or writer's code: elsewhere, so that it cannot hold up this connection.
    private void Run(YamuxStream stream, Wake what)
    {
        if (_inline)
        {
            if (what == Wake.Reader) stream.WakeReader();
            else stream.WakeWriter();
        }
        else if (what == Wake.Reader)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.WakeReader(), stream, preferLocal: false);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.WakeWriter(), stream, preferLocal: false);
        }
    }

    /// <summary>
    /// Awaits the next piece of plaintext. When it has to wait, it first makes sure that the loop will go on by itself when
    /// bytes arrive, and only then runs the readers it has woken, on this thread: no switch of threads between a message and
    /// its reader, and a reader that blocks holds up nobody.
    /// </summary>
    private readonly struct ReadThenWake(YamuxSession session, ValueTask<ReadOnlyMemory<byte>> read) : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<ReadOnlyMemory<byte>>.ConfiguredValueTaskAwaiter _read = read.ConfigureAwait(false).GetAwaiter();

        public bool IsCompleted => _read.IsCompleted;

        public ReadThenWake GetAwaiter() => this;

        public ReadOnlyMemory<byte> GetResult() => _read.GetResult();

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            YamuxSession s = session;
            (YamuxStream?, List<YamuxStream>?) woken = s.TakeWoken();
            bool mustFlush = s.HasUrgentControl;

            // From here on the loop may already run on another thread.
            _read.UnsafeOnCompleted(continuation);
            if (mustFlush) s.Flush();
            YamuxSession? outer = _batch;
            _batch = s;
            try
            {
                s.WakeReaders(woken, tail: true);
            }
            finally
            {
                _batch = outer;
            }
            s.Flush();
        }
    }
}
