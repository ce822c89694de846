using System.Buffers;

namespace Shoal.Libp2p.Muxing;

/// <summary>Bytes of a stream that nobody has read yet, in pooled blocks. Holds none while empty.</summary>
/// <remarks>Not thread-safe.</remarks>
internal struct ReceiveQueue
{
    /// <summary>Smallest and largest block, in bytes.</summary>
    private const int MinBlock = 1024, MaxBlock = 64 * 1024;

    private Queue<Block>? _more;
    private Block _first;
    private byte[]? _last;
    private int _lastEnd;

    /// <summary>Bytes in it.</summary>
    internal int Length { get; private set; }

    /// <summary>Takes a copy of bytes.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (bytes.Length > 0)
        {
            if (_last is null || _lastEnd == _last.Length) AddBlock(bytes.Length);
            int count = Math.Min(bytes.Length, _last!.Length - _lastEnd);
            bytes[..count].CopyTo(_last.AsSpan(_lastEnd));
            _lastEnd += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Gives the oldest bytes.</summary>
    /// <returns>How many.</returns>
    internal int Read(Span<byte> destination)
    {
        int total = 0;
        while (destination.Length > 0 && Length > 0)
        {
            int end = _first.Bytes == _last ? _lastEnd : _first.Bytes!.Length;
            int count = Math.Min(destination.Length, end - _first.Start);
            _first.Bytes.AsSpan(_first.Start, count).CopyTo(destination);
            destination = destination[count..];
            total += count;
            Length -= count;
            _first.Start += count;
            if (_first.Start == end) DropFirst();
        }
        return total;
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        while (_first.Bytes is not null) DropFirst();
        Length = 0;
    }

    private void AddBlock(int wanted)
    {
        _last = ArrayPool<byte>.Shared.Rent(Math.Clamp(wanted, MinBlock, MaxBlock));
        _lastEnd = 0;
        var block = new Block { Bytes = _last };
        if (_first.Bytes is null) _first = block;
        else (_more ??= new Queue<Block>()).Enqueue(block);
    }

    private void DropFirst()
    {
        ArrayPool<byte>.Shared.Return(_first.Bytes!);
        if (_first.Bytes == _last)
        {
            _last = null;
            _lastEnd = 0;
        }
        _first = _more is { Count: > 0 } ? _more.Dequeue() : default;
    }

    private struct Block
    {
        internal byte[]? Bytes;
        internal int Start;
    }
}
