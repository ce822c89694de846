using Shoal.Libp2p.Pubsub.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Reads the stream that a peer writes to.</summary>
/// <remarks>
/// The peer's frames are read, understood and handed to the core's loop one batch at a time; the next read waits until
/// the loop is through with the batch, whose slices point into the receive buffer, and until few of the peer's messages
/// wait for validation. So a peer that is too fast waits for us on its own stream, and nobody else does.
/// </remarks>
internal sealed class PubsubReader(PubsubPeer peer, Libp2pStream stream, PubsubPeerContext context)
{
    /// <summary>RPC objects kept for the next batch.</summary>
    private const int MaxSpare = 64;

    private readonly List<Rpc> _batch = [];
    private readonly List<Rpc> _spare = [];
    private readonly WakeUp _ready = new(context.Inline);
    private volatile bool _taken;
    private volatile bool _stopped;

    /// <summary>Reads until the stream ends or <see cref="Stop"/>. When the connection is lost, what came before is still read.</summary>
    /// <exception cref="WireFormatException">The peer sent what is not pubsub; the node then closes its connection.</exception>
    internal async Task RunAsync()
    {
        RpcLimits limits = RpcLimits.Of(context.Options);
        using var buffer = new FrameBuffer(context.Options.MaxRpcBytes);
        while (!_stopped)
        {
            int count = await stream.ReadAsync(buffer.Free, CancellationToken.None).ConfigureAwait(false);
            if (count == 0) return;
            buffer.Advance(count);
            while (buffer.TryTake(out ReadOnlyMemory<byte> frame)) Understand(frame, limits);
            if (_batch.Count > 0) await HandOverAsync().ConfigureAwait(false);
            buffer.MakeRoom();
        }
    }

    /// <summary>Looks again whether the next read may begin.</summary>
    internal void Wake() => _ready.Set();

    /// <summary>Ends the reading: the peer is gone or has a newer stream.</summary>
    internal void Stop()
    {
        _stopped = true;
        stream.Abort();
        _ready.Set();
    }

    private void Understand(ReadOnlyMemory<byte> frame, RpcLimits limits)
    {
        Rpc rpc = _spare.Count > 0 ? _spare[^1] : new Rpc();
        if (_spare.Count > 0) _spare.RemoveAt(_spare.Count - 1);
        RpcReader.Read(frame, limits, rpc);
        _batch.Add(rpc);
    }

    private async ValueTask HandOverAsync()
    {
        _taken = false;
        if (!context.Post(Deliver)) _taken = true;
        while (!_taken || (peer.Validating > context.Options.PendingValidationsPerPeer && !_stopped))
            await _ready.WaitAsync().ConfigureAwait(false);

        foreach (Rpc rpc in _batch) rpc.Clear();
        int kept = Math.Min(_batch.Count, MaxSpare - _spare.Count);
        _spare.AddRange(_batch.Take(kept));
        _batch.Clear();
    }

    private void Deliver()
    {
        foreach (Rpc rpc in _batch) context.OnRpc(peer, rpc);
        _taken = true;
        _ready.Set();
    }
}
