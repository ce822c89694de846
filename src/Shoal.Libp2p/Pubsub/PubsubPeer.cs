using System.Buffers;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <summary>One peer that speaks pubsub: the stream that we write to, and the reader of the stream that it writes to.</summary>
#pragma warning disable CA1001 // The cancellation source has neither timer nor handle, and is in use until the last loop ended.
internal sealed class PubsubPeer
#pragma warning restore CA1001
{
    /// <summary>A stream that lived this long was a good one: attempts are counted anew.</summary>
    private static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(30);

    private readonly PubsubPeerContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _sync = new();
    private PubsubReader? _reader;
    private bool _deaf;
    private int _validating;

    internal PubsubPeer(PubsubPeerContext context, PeerId id, PubsubProtocol protocol, bool outbound)
    {
        _context = context;
        Id = id;
        Protocol = protocol;
        Outbound = outbound;
        Outbox = new Outbox(context.Options.SendQueueFrames, context.Options.SendQueueBytes, context.Inline);
    }

    internal PeerId Id { get; }

    internal PubsubProtocol Protocol { get; }

    /// <summary>True when we dialled it.</summary>
    internal bool Outbound { get; }

    internal Outbox Outbox { get; }

    /// <summary>True while <see cref="Outbox"/> has something that its loop was not woken for. For the core's loop alone.</summary>
    internal bool Dirty { get; set; }

    /// <summary>Messages of this peer that wait for validation.</summary>
    internal int Validating => Volatile.Read(ref _validating);

    /// <summary>The writing; completes when the peer is gone or given up.</summary>
    internal Task Writing { get; private set; } = Task.CompletedTask;

    /// <summary>Opens the stream to the peer and writes to it, from now on.</summary>
    internal void Start() => Writing = WriteAsync();

    /// <summary>Lets queued frames go out, then closes our stream.</summary>
    internal void Complete() => Outbox.Close();

    /// <summary>Stops writing at once.</summary>
    internal void StopWriting()
    {
        Outbox.Close();
        _stop.Cancel();
    }

    /// <summary>Stops everything at once.</summary>
    internal void Abort()
    {
        StopWriting();
        PubsubReader? reader;
        lock (_sync)
        {
            _deaf = true;
            reader = _reader;
        }

        reader?.Stop();
    }

    /// <summary>Reads a stream of the peer until it ends. A newer one takes the place of an older one.</summary>
    /// <exception cref="WireFormatException">The peer sent what is not pubsub; the node then closes its connection.</exception>
    internal async Task ReadAsync(Libp2pStream stream)
    {
        var reader = new PubsubReader(this, stream, _context);
        PubsubReader? replaced;
        lock (_sync)
        {
            if (_deaf) return;
            (replaced, _reader) = (_reader, reader);
        }

        replaced?.Stop();
        try
        {
            await reader.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_sync)
                if (_reader == reader) _reader = null;
        }
    }

    /// <summary>A message of this peer has begun to be validated.</summary>
    internal void OnValidating() => Interlocked.Increment(ref _validating);

    /// <summary>A message of this peer has been validated.</summary>
    internal void OnValidated()
    {
        if (Interlocked.Decrement(ref _validating) != _context.Options.PendingValidationsPerPeer) return;
        PubsubReader? reader;
        lock (_sync) reader = _reader;
        reader?.Wake();
    }

    private async Task WriteAsync()
    {
        GossipsubOptions options = _context.Options;
        TimeProvider time = _context.Node.Time;
        TimeSpan delay = options.StreamRetryDelay;
        int failures = 0;
        for (bool first = true; !_stop.IsCancellationRequested; first = false)
        {
            long opened = time.GetTimestamp();
            try
            {
                Libp2pStream stream = await OpenAsync().ConfigureAwait(false);
                PubsubLog.StreamOpened(_context.Log, stream.Protocol, Id);
                if (!first) _context.OnReopened(this);
                if (await WriteAsync(stream).ConfigureAwait(false)) return;
                if (time.GetElapsedTime(opened) >= GoodAfter) (failures, delay) = (0, options.StreamRetryDelay);
            }
            catch (Exception e) when (e is ShoalException or IOException or OperationCanceledException)
            {
                PubsubLog.StreamFailed(_context.Log, Id, e.Message);
                if (e is ProtocolNotSupportedException) failures = options.StreamAttempts;
            }

            if (_stop.IsCancellationRequested) return;
            if (++failures >= options.StreamAttempts) break;
            await time.DelayAsync(delay, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay *= 2;
        }

        if (_stop.IsCancellationRequested) return;
        PubsubLog.PeerGivenUp(_context.Log, Id);
        _context.OnGivenUp(this);
    }

    private Task<Libp2pStream> OpenAsync()
    {
        Libp2pConnection connection = _context.ConnectionTo(Id) ?? throw new ConnectionClosedException($"{Id} is not connected");
        // Knowing what the peer speaks, one proposal is enough, and costs no round trip.
        string? best = connection.Identity is { } identity ? PubsubProtocols.Best(identity.Protocols) : null;
        return connection.OpenStreamAsync(best is null ? PubsubProtocols.Ids : [best], _stop.Token);
    }

    /// <summary>Writes what is queued until the stream breaks.</summary>
    /// <returns>True when all is said and the stream closed in good order.</returns>
    private async Task<bool> WriteAsync(Libp2pStream stream)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task watching = WatchAsync(stream, broken);
        try
        {
            await DrainAsync(stream, broken.Token).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ShoalException or IOException or OperationCanceledException)
        {
            PubsubLog.StreamFailed(_context.Log, Id, e.Message);
            stream.Abort();
            return false;
        }
        finally
        {
            broken.Cancel();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DrainAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        List<byte[]> batch = [];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Outbox.TryTake(batch, _context.Options.WriteBatchBytes, out bool closed))
            {
                await WriteAsync(stream, batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
            }
            else if (closed)
            {
                return;
            }
            else
            {
                await Outbox.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteAsync(Libp2pStream stream, List<byte[]> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 1)
        {
            await stream.WriteAsync(batch[0], cancellationToken).ConfigureAwait(false);
            return;
        }

        int size = 0;
        foreach (byte[] frame in batch) size += frame.Length;
        byte[] block = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int at = 0;
            foreach (byte[] frame in batch)
            {
                frame.CopyTo(block, at);
                at += frame.Length;
            }

            await stream.WriteAsync(block.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Notices that the peer refuses or resets our stream. It may close its direction, but has nothing to say in it.</summary>
    private async Task WatchAsync(Libp2pStream stream, CancellationTokenSource broken)
    {
        try
        {
            if (await stream.ReadAsync(new byte[1], broken.Token).ConfigureAwait(false) == 0) return;
            PubsubLog.StreamFailed(_context.Log, Id, "the peer wrote on our stream");
        }
        catch (Exception e) when (e is ShoalException or IOException)
        {
            PubsubLog.StreamFailed(_context.Log, Id, e.Message);
        }

        broken.Cancel();
        Outbox.Wake();
    }
}
