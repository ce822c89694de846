using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Shoal.Net;

/// <summary>One direction of an <see cref="InMemoryConnection"/>: a ring of bytes with a waiting reader and a waiting writer.</summary>
/// <remarks>Nobody is woken while the lock is held: what a woken side does may come back here.</remarks>
internal sealed class InMemoryPipe(int capacity)
{
    /// <summary>First size of the ring, in bytes; it doubles up to the capacity. Default: 1 KiB, so that idle connections cost little.</summary>
    private const int FirstBytes = 1024;

    private readonly Lock _lock = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private byte[] _ring = [];
    private int _start;
    private int _count;
    private bool _completed;
    private Side? _brokenBy;

    private enum Side
    {
        Reader,
        Writer,
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitForDataAsync()
    {
        while (true)
        {
            ValueTask readable;
            lock (_lock)
            {
                if (_count > 0 || _completed || _brokenBy is not null) return;
                readable = _readable.Arm();
            }

            await readable.ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            ValueTask readable;
            int taken = 0;
            bool wake = false;
            lock (_lock)
            {
                ThrowIfBroken(Side.Reader);
                if (_count > 0)
                {
                    taken = Take(buffer.Span);
                    wake = taken > 0 && _writable.Disarm();
                    readable = default;
                }
                else if (_completed)
                {
                    return 0;
                }
                else
                {
                    readable = _readable.Arm();
                    taken = -1;
                }
            }

            if (wake) _writable.Complete();
            if (taken >= 0) return taken;
            await readable.ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            ValueTask writable = default;
            bool wake = false;
            int put;
            lock (_lock)
            {
                ThrowIfBroken(Side.Writer);
                if (_completed) throw new InvalidOperationException("The writing direction was completed.");
                if (bytes.IsEmpty) return;
                put = Put(bytes.Span);
                if (put > 0) wake = _readable.Disarm();
                else writable = _writable.Arm();
            }

            bytes = bytes[put..];
            if (wake) _readable.Complete();
            if (put == 0) await writable.ConfigureAwait(false);
            else if (bytes.IsEmpty) return;
        }
    }

    /// <summary>The writer ends the direction.</summary>
    internal void Complete()
    {
        bool wakeReader, wakeWriter;
        lock (_lock)
        {
            if (_completed || _brokenBy is not null) return;
            _completed = true;
            wakeReader = _readable.Disarm();
            wakeWriter = _writable.Disarm();
        }

        if (wakeReader) _readable.Complete();
        if (wakeWriter) _writable.Complete();
    }

    /// <summary>One side is gone: what is in the ring is lost, and both sides fail from now on.</summary>
    internal void Break(bool byReader)
    {
        bool wakeReader, wakeWriter;
        lock (_lock)
        {
            if (_brokenBy is not null) return;
            _brokenBy = byReader ? Side.Reader : Side.Writer;
            Release();
            wakeReader = _readable.Disarm();
            wakeWriter = _writable.Disarm();
        }

        if (wakeReader) _readable.Complete();
        if (wakeWriter) _writable.Complete();
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(_count, buffer.Length);
        int first = Math.Min(count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(buffer);
        _ring.AsSpan(0, count - first).CopyTo(buffer[first..]);
        _start = (_start + count) % _ring.Length;
        _count -= count;
        if (_count == 0) _start = 0;
        return count;
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, capacity - _count);
        if (count == 0) return 0;
        if (_count + count > _ring.Length) Grow(_count + count);
        int end = (_start + _count) % _ring.Length;
        int first = Math.Min(count, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..count].CopyTo(_ring);
        _count += count;
        return count;
    }

    private void Grow(int needed)
    {
        int size = Math.Max(FirstBytes, _ring.Length);
        while (size < needed) size *= 2;
        byte[] ring = ArrayPool<byte>.Shared.Rent(Math.Min(size, Math.Max(capacity, FirstBytes)));
        int count = _count;
        if (_ring.Length > 0)
        {
            Take(ring);
            ArrayPool<byte>.Shared.Return(_ring);
        }

        (_ring, _start, _count) = (ring, 0, count);
    }

    private void Release()
    {
        if (_ring.Length > 0) ArrayPool<byte>.Shared.Return(_ring);
        (_ring, _start, _count) = ([], 0, 0);
    }

    private void ThrowIfBroken(Side caller)
    {
        if (_brokenBy is not { } side) return;
        if (side == caller) throw new NetworkException("The connection in memory was closed here.", SocketError.OperationAborted);
        throw new NetworkException("The connection in memory was closed by the other end.", SocketError.ConnectionReset);
    }
}
