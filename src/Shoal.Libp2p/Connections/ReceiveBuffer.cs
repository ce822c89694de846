using System.Buffers;
using System.Runtime.CompilerServices;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>
/// What was received from a connection and not used yet: one contiguous, pooled block that grows with the traffic and is
/// given back while the connection is silent.
/// </summary>
/// <remarks>One reader. Spans from <see cref="Unread"/> are valid until the next <see cref="FillAsync"/>.</remarks>
internal sealed class ReceiveBuffer(NetConnection connection) : IDisposable
{
    /// <summary>Block for a connection that speaks now and then, in bytes.</summary>
    private const int SmallBlock = 4 * 1024;

    /// <summary>Block for a connection that always has more: few system calls. In bytes.</summary>
    private const int LargeBlock = 256 * 1024;

    private byte[]? _block;
    private int _start;
    private int _end;
    private int _size = SmallBlock;
    private bool _moreIsLikely;

    /// <summary>Received, not consumed.</summary>
    internal Memory<byte> Unread => _block.AsMemory(_start, _end - _start);

    /// <summary>Bytes in <see cref="Unread"/>.</summary>
    internal int Length => _end - _start;

    /// <summary>Drops the first bytes of <see cref="Unread"/>.</summary>
    internal void Consume(int count) => _start += count;

    /// <summary>Receives until at least <paramref name="count"/> bytes are unread; false when the connection ends first.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<bool> FillAsync(int count)
    {
        while (Length < count)
        {
            // Waiting first costs one more system call than receiving at once, but holds no block meanwhile. After a read
            // that filled its block there is more, and no reason to wait.
            if (!_moreIsLikely)
            {
                if (Length == 0) Release();
                await connection.WaitForDataAsync().ConfigureAwait(false);
            }
            MakeRoom(count);
            Memory<byte> room = _block.AsMemory(_end);
            int received = await connection.ReceiveAsync(room).ConfigureAwait(false);
            if (received == 0) return false;
            _end += received;
            _moreIsLikely = received == room.Length;
            if (_moreIsLikely) _size = Math.Min(_size * 4, LargeBlock);
            else if (_end <= SmallBlock && count <= SmallBlock) _size = SmallBlock;
        }
        return true;
    }

    /// <summary>Gives the block back.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        byte[]? block = _block;
        _block = null;
        _start = _end = 0;
        if (block is not null) ArrayPool<byte>.Shared.Return(block);
    }

    // Unread bytes move to the front: at most one partial record, so that the next receive gets a long run.
    private void MakeRoom(int count)
    {
        int unread = Length;
        int wanted = Math.Max(_size, count);
        byte[]? old = _block;
        if (old is null || old.Length < wanted) _block = ArrayPool<byte>.Shared.Rent(wanted);
        if (old is not null && (_start > 0 || old != _block)) old.AsSpan(_start, unread).CopyTo(_block);
        if (old is not null && old != _block) ArrayPool<byte>.Shared.Return(old);
        _start = 0;
        _end = unread;
    }
}
