using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Libp2p.Muxing;

/// <summary>
/// Yamux over one secured connection (yamux specification). This file: streams and the session's life. The other two: reading
/// and sending.
/// </summary>
/// <remarks>
/// <para>One loop reads. There is no loop that writes: whoever has something to send drains everything that waits into one
/// block, unless somebody is doing so already. A lone writer thus sends on its own thread, and many share a system call.</para>
/// <para>Locks: <see cref="Sending"/> guards the table of streams and every sending half; each stream guards its receiving
/// half. The session's may be taken under a stream's, never the other way round; foreign code runs under none.</para>
/// </remarks>
internal sealed partial class YamuxSession : MuxerSession
{
    /// <summary>The protocol's name in multistream-select.</summary>
    internal const string Protocol = "/yamux/1.0.0";

    /// <summary>A half window read within this time grows the window whatever the round trip: 26 MB/s and more on a new stream. Default: 5 ms.</summary>
    private static readonly TimeSpan FastDrain = TimeSpan.FromMilliseconds(5);

    private readonly SecureChannel _channel;
    private readonly bool _initiator;
    private readonly YamuxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    // On a simulated network nothing may leave the thread: what is else handed to the pool runs at once.
    private readonly bool _inline;
    private readonly TaskCompletionSource _completion = new();

    private Dictionary<uint, YamuxStream>? _streams;
    private uint _nextId;
    private uint _highestInbound;
    private int _outbound;
    private int _inbound;
    private int _unacknowledged;
    private int _refused;
    private bool _closing;
    private bool _peerIsLeaving;
    private Exception? _failure;
    private Task? _readTask;
    private ITimer? _keepAlive;
    private long _unread;
    private long _growth;

    internal YamuxSession(SecureChannel channel, bool initiator, YamuxOptions options, TimeProvider time, ILogger log)
    {
        _channel = channel;
        _initiator = initiator;
        _options = options;
        _time = time;
        _log = log;
        _inline = time != TimeProvider.System;
        _nextId = initiator ? 1u : 2u;
    }

    /// <summary>Guards the table of streams and all sending halves.</summary>
    internal Lock Sending { get; } = new();

    internal override Task Completion => _completion.Task;

    internal override int StreamCount => _outbound + _inbound;

    internal override void Start(Action<Libp2pStream> onStream)
    {
        _onStream = onStream;
        if (_options.KeepAliveInterval > TimeSpan.Zero)
            _keepAlive = _time.CreateTimer(static s => ((YamuxSession)s!).OnTick(), this, _options.KeepAliveInterval, _options.KeepAliveInterval);
        _readTask = ReadLoopAsync();
    }

    internal override Libp2pStream OpenStream()
    {
        lock (Sending)
        {
            if (_failure is not null || _closing || _peerIsLeaving)
                throw new ConnectionClosedException(_peerIsLeaving ? "the peer is closing the connection" : "the connection is closed", _failure);
            if (_outbound >= _options.MaxOutboundStreams)
                throw new LimitExceededException($"{_outbound} streams to this peer are open (YamuxOptions.MaxOutboundStreams)");
            if (_unacknowledged >= _options.MaxUnacknowledgedStreams)
                throw new LimitExceededException($"the peer has left {_unacknowledged} streams unanswered (YamuxOptions.MaxUnacknowledgedStreams)");
            if (_nextId > uint.MaxValue - 2) throw new LimitExceededException("the connection has used up its stream numbers; close it and dial again");
            var stream = new YamuxStream(this, _nextId, inbound: false) { IsUnacknowledged = true };
            _nextId += 2;
            _outbound++;
            _unacknowledged++;
            (_streams ??= []).Add(stream.Id, stream);
            return stream;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        bool first;
        lock (Sending)
        {
            first = !_closing && _failure is null;
            _closing = true;
            if (first) EnqueueControl(new YamuxFrame(YamuxType.GoAway, YamuxFlags.None, 0, (uint)YamuxGoAway.Normal));
        }
        if (_readTask is null)
        {
            await _channel.DisposeAsync().ConfigureAwait(false);
            _completion.TrySetResult();
            return;
        }
        if (first)
        {
            Flush();
            long began = _time.GetTimestamp();
            await WithinAsync(_flushTask, _options.CloseTimeout).ConfigureAwait(false);
            _channel.CompleteWrites();
            TimeSpan left = _options.CloseTimeout - _time.GetElapsedTime(began);
            await WithinAsync(_readTask, left).ConfigureAwait(false);
            Fail(new ConnectionClosedException("the connection was closed by us"));
        }
        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal override void Abort(Exception reason) => Fail(reason);

    /// <summary>Drops a stream and tells the peer so where it knows of it.</summary>
    internal void Reset(YamuxStream stream, Exception reason, bool tellPeer)
    {
        bool wakeWriter;
        lock (Sending)
        {
            bool known = !stream.IsUnknownToPeer;
            if (Forget(stream) && tellPeer && known && _failure is null)
                EnqueueControl(new YamuxFrame(YamuxType.WindowUpdate, YamuxFlags.Rst, stream.Id, 0));
            wakeWriter = stream.FailWrites(reason);
        }
        bool wakeReader = stream.FailReads(reason, dropReceived: true);
        if (wakeReader) stream.WakeReader();
        if (wakeWriter) stream.WakeWriter();
        Flush();
    }

    /// <summary>Takes a stream off the table. Under <see cref="Sending"/>.</summary>
    internal bool Forget(YamuxStream stream)
    {
        if (_streams is null || !_streams.Remove(stream.Id)) return false;
        if (stream.IsInbound) _inbound--;
        else _outbound--;
        Acknowledge(stream);
        return true;
    }

    /// <summary>Decides whether a window grows, and by how much.</summary>
    internal int GrowWindow(int window, ref long lastUpdate)
    {
        long now = _time.GetTimestamp();
        TimeSpan since = lastUpdate == 0 ? TimeSpan.MaxValue : _time.GetElapsedTime(lastUpdate, now);
        lastUpdate = now;
        TimeSpan roundTrip = RoundTrip();
        if (roundTrip == TimeSpan.Zero || window >= _options.MaxStreamWindow) return 0;
        if (since > roundTrip * 4 && since > FastDrain) return 0;
        int growth = Math.Min(window, _options.MaxStreamWindow - window);
        if (Interlocked.Add(ref _growth, growth) <= _options.MaxWindowGrowth) return growth;
        Interlocked.Add(ref _growth, -growth);
        return 0;
    }

    /// <summary>A stream whose window had grown is gone.</summary>
    internal void ShrinkWindow(int window) => Interlocked.Add(ref _growth, YamuxOptions.InitialWindow - window);

    /// <summary>Counts bytes that wait to be read, over all streams.</summary>
    internal long OnUnread(int change) => change == 0 ? _unread : Interlocked.Add(ref _unread, change);

    private static async ValueTask WithinAsync(Task? task, TimeSpan limit, TimeProvider time)
    {
        if (task is null || task.IsCompleted || limit <= TimeSpan.Zero) return;
        try
        {
            await task.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Too late, or failed: the caller goes on either way.
        }
    }

    private ValueTask WithinAsync(Task? task, TimeSpan limit) => WithinAsync(task, limit, _time);

    private void Acknowledge(YamuxStream stream)
    {
        if (!stream.IsUnacknowledged) return;
        stream.IsUnacknowledged = false;
        _unacknowledged--;
    }

    // Marks the session as over and unblocks its loops; the reading loop then clears up.
    private void Fail(Exception reason)
    {
        lock (Sending)
        {
            if (_failure is not null) return;
            _failure = reason;
        }
        _channel.Abort();
    }

    // The end of the reading loop, whatever ended it.
    private async Task TearDownAsync(Exception? reason)
    {
        List<YamuxStream> streams;
        bool flushing;
        lock (Sending)
        {
            reason = _failure ?? reason;
            _failure ??= reason ?? new ConnectionClosedException("the peer closed the connection");
            streams = _streams is null ? [] : [.. _streams.Values];
            _streams = null;
            _inbound = _outbound = 0;
            flushing = _flushing;
        }
        if (_keepAlive is not null) await _keepAlive.DisposeAsync().ConfigureAwait(false);
        if (flushing || reason is not null) _channel.Abort();
        if (_flushTask is { } flush) await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _channel.DisposeAsync().ConfigureAwait(false);

        var lost = _failure as ConnectionClosedException ?? new ConnectionClosedException($"the connection was lost: {_failure.Message}", _failure);
        foreach (YamuxStream stream in streams)
        {
            bool wakeWriter;
            lock (Sending) wakeWriter = stream.FailWrites(lost);
            if (stream.FailReads(lost, dropReceived: false)) Run(stream, Wake.Reader);
            if (wakeWriter) Run(stream, Wake.Writer);
        }
        FailPings(lost);
        if (reason is null || _closing || reason is ConnectionClosedException) _completion.TrySetResult();
        else _completion.TrySetException(reason);
        _ = _completion.Task.Exception; // Observed here: nobody is bound to ask why.
    }
}
