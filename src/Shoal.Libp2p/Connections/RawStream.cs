using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>A raw connection as a stream, for the negotiation before it is secured.</summary>
internal sealed class RawStream(NetConnection connection, ReceiveBuffer received) : DuplexStream, IWriteAhead
{
    private byte[] _ahead = [];

    public void WriteAhead(ReadOnlySpan<byte> bytes) => _ahead = [.. _ahead, .. bytes];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (received.Length == 0)
        {
            await FlushAheadAsync().ConfigureAwait(false);
            if (!await received.FillAsync(1).ConfigureAwait(false)) return 0;
        }
        int count = Math.Min(buffer.Length, received.Length);
        received.Unread[..count].CopyTo(buffer);
        received.Consume(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead.Length > 0)
        {
            buffer = (byte[])[.. _ahead, .. buffer.Span];
            _ahead = [];
        }
        await connection.SendAsync(buffer).ConfigureAwait(false);
    }

    /// <summary>Sends what was held back.</summary>
    internal ValueTask FlushAheadAsync() => _ahead.Length == 0 ? ValueTask.CompletedTask : WriteAsync(ReadOnlyMemory<byte>.Empty);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        connection.CompleteWrites();
        return ValueTask.CompletedTask;
    }

    public override void Abort(long code = 0) => connection.Abort();
}
