using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>A secured connection as a stream, for negotiating a muxer on it.</summary>
internal sealed class SecureStream(SecureChannel channel) : DuplexStream, IWriteAhead
{
    private ReadOnlyMemory<byte> _rest;
    private byte[] _ahead = [];

    /// <summary>Plaintext that was received behind the negotiation.</summary>
    internal ReadOnlyMemory<byte> Rest => _rest;

    public void WriteAhead(ReadOnlySpan<byte> bytes) => _ahead = [.. _ahead, .. bytes];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            await FlushAheadAsync().ConfigureAwait(false);
            _rest = await channel.ReadAsync().ConfigureAwait(false);
        }
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length = _ahead.Length + buffer.Length;
        byte[] record = new byte[channel.RecordPrefix + length + channel.RecordSuffix];
        _ahead.CopyTo(record, channel.RecordPrefix);
        buffer.CopyTo(record.AsMemory(channel.RecordPrefix + _ahead.Length));
        _ahead = [];
        channel.Seal(record);
        await channel.SendAsync(record).ConfigureAwait(false);
    }

    /// <summary>Sends what was held back.</summary>
    internal ValueTask FlushAheadAsync() => _ahead.Length == 0 ? ValueTask.CompletedTask : WriteAsync(ReadOnlyMemory<byte>.Empty);

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        channel.CompleteWrites();
        return ValueTask.CompletedTask;
    }

    public override void Abort(long code = 0) => channel.Abort();
}
