using System.Buffers;
using System.Numerics;
using Shoal.Net;

namespace Shoal.Libp2p.Pubsub;

/// <summary>What came on a pubsub stream and is not used up yet: <c>uvarint length | RPC</c>, again and again.</summary>
/// <remarks>
/// Small while little comes; it doubles when a read fills it. A peer that announces a large frame gets no more memory
/// than twice what it really sent. Dispose gives the memory back.
/// </remarks>
internal sealed class FrameBuffer(int maxFrame) : IDisposable
{
    /// <summary>Where it begins, and what an idle peer costs, in bytes.</summary>
    private const int Smallest = 2048;

    /// <summary>Beyond this it shrinks back once it is empty, in bytes.</summary>
    private const int Kept = 128 << 10;

    /// <summary>Longest length prefix: a uvarint of 31 bits.</summary>
    private const int MaxPrefix = 5;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Smallest);
    private int _start;
    private int _end;

    /// <summary>Where the next read goes.</summary>
    internal Memory<byte> Free => _bytes.AsMemory(_end);

    /// <summary>Notes that a read put so many bytes into <see cref="Free"/>.</summary>
    internal void Advance(int count) => _end += count;

    /// <summary>Takes the next whole frame, without its length. It stays valid until <see cref="MakeRoom"/>.</summary>
    /// <exception cref="WireFormatException">The length is beyond the limit, or not a number.</exception>
    internal bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (!TryReadLength(_bytes.AsSpan(_start, _end - _start), out int length, out int prefix)) return false;
        if (_end - _start - prefix < length) return false;

        frame = _bytes.AsMemory(_start + prefix, length);
        _start += prefix + length;
        return true;
    }

    /// <summary>Drops what was taken and sees to free space for the next read.</summary>
    internal void MakeRoom()
    {
        int left = _end - _start;
        if (left == 0 && _bytes.Length > Kept) Move(Smallest, 0);
        else if (left == _bytes.Length || (_end == _bytes.Length && _bytes.Length < Kept)) Move(_bytes.Length * 2, left);
        else if (_start > 0 && left > 0) _bytes.AsSpan(_start, left).CopyTo(_bytes);

        (_start, _end) = (0, left);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private bool TryReadLength(ReadOnlySpan<byte> bytes, out int length, out int prefix)
    {
        ulong value = 0;
        (length, prefix) = (0, 0);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i == MaxPrefix) throw new WireFormatException("pubsub frame without a sensible length");
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (value > (ulong)maxFrame) throw new WireFormatException($"RPC of at least {value} bytes, at most {maxFrame} allowed");
            if (bytes[i] >= 0x80) continue;
            (length, prefix) = ((int)value, i + 1);
            return true;
        }

        return false;
    }

    private void Move(int size, int left)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)size));
        _bytes.AsSpan(_start, left).CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
    }
}
