namespace Shoal.Libp2p.Pubsub;

/// <summary>Frames waiting to be sent to one peer, in two lanes: own messages and control go before messages of others.</summary>
/// <remarks>Filled by the core's loop, emptied by the peer's writing loop. Both lanes are bounded by frames and by bytes.</remarks>
internal sealed class Outbox(int maxFrames, int maxBytes, bool inline)
{
    private sealed class Lane
    {
        internal Queue<byte[]> Frames { get; } = [];

        internal long Bytes { get; set; }
    }

    private readonly Lock _sync = new();
    private readonly Lane _first = new();
    private readonly Lane _second = new();
    private readonly WakeUp _filled = new(inline);
    private bool _closed;

    /// <summary>Frames that found no room.</summary>
    internal long Dropped { get; private set; }

    /// <summary>Queues a frame; call <see cref="Wake"/> when all are queued. False when there is no room, or the peer is gone.</summary>
    internal bool TryAdd(byte[] frame, bool first)
    {
        lock (_sync)
        {
            if (_closed) return false;
            Lane lane = first ? _first : _second;
            // A frame of any size fits into an empty lane: the largest is within the limit of an RPC.
            if (lane.Frames.Count >= maxFrames || (lane.Bytes > 0 && lane.Bytes + frame.Length > maxBytes))
            {
                Dropped++;
                return false;
            }

            lane.Frames.Enqueue(frame);
            lane.Bytes += frame.Length;
            return true;
        }
    }

    /// <summary>Lets the writing loop go on.</summary>
    internal void Wake() => _filled.Set();

    /// <summary>Takes no more frames. Those that are queued can still be taken.</summary>
    internal void Close()
    {
        lock (_sync) _closed = true;
        _filled.Set();
    }

    /// <summary>Waits until there may be something to take.</summary>
    internal ValueTask WaitAsync() => _filled.WaitAsync();

    /// <summary>Moves frames of about <paramref name="bytes"/> bytes, one at least, to the batch.</summary>
    /// <returns>False when there is nothing, now or for ever.</returns>
    internal bool TryTake(List<byte[]> batch, int bytes, out bool closed)
    {
        lock (_sync)
        {
            closed = _closed;
            int taken = 0;
            while ((_first.Frames.Count > 0 ? _first : _second) is { Frames.Count: > 0 } lane)
            {
                int size = lane.Frames.Peek().Length;
                if (taken > 0 && taken + size > bytes) break;
                batch.Add(lane.Frames.Dequeue());
                lane.Bytes -= size;
                taken += size;
            }

            return taken > 0;
        }
    }
}
