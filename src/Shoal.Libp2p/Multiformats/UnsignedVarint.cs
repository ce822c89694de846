using System.Buffers;
using System.Numerics;
using Shoal.Net;

namespace Shoal.Libp2p.Multiformats;

/// <summary>
/// Unsigned variable-length integers (multiformats/unsigned-varint): seven bits a byte, least significant first, the high bit says "more follows".
/// </summary>
/// <remarks>At most 9 bytes (63 bits), and never longer than needed: one value has one form, so that hashes and signatures over it are stable.</remarks>
public static class UnsignedVarint
{
    /// <summary>Longest form, in bytes. 9 (unsigned-varint specification).</summary>
    public const int MaxBytes = 9;

    /// <summary>Largest value: 2^63 - 1.</summary>
    public const ulong MaxValue = long.MaxValue;

    /// <summary>How many bytes a value takes: 1 to 9.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is beyond <see cref="MaxValue"/>.</exception>
    public static int Size(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        return (BitOperations.Log2(value | 1) / 7) + 1;
    }

    /// <summary>Writes a value at the start of <paramref name="destination"/>.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        int size = Size(value);
        if (destination.Length < size) throw new ArgumentException($"{size} bytes are needed, {destination.Length} are there.", nameof(destination));

        for (int i = 0; i < size - 1; i++, value >>= 7) destination[i] = (byte)(value | 0x80);
        destination[size - 1] = (byte)value;
        return size;
    }

    /// <summary>Writes a value.</summary>
    public static void Write(IBufferWriter<byte> output, ulong value)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Advance(Write(output.GetSpan(MaxBytes), value));
    }

    /// <summary>Decodes the value at the start of <paramref name="input"/>, and tells "not all here yet" from "wrong".</summary>
    /// <param name="input">Bytes, perhaps with others behind the value.</param>
    /// <param name="value">The value, or 0.</param>
    /// <param name="bytesRead">Bytes that the value takes, or 0.</param>
    /// <returns><see cref="OperationStatus.Done"/>, <see cref="OperationStatus.NeedMoreData"/>, or
    /// <see cref="OperationStatus.InvalidData"/> when it is longer than 9 bytes or than needed.</returns>
    public static OperationStatus Decode(ReadOnlySpan<byte> input, out ulong value, out int bytesRead)
    {
        value = 0;
        bytesRead = 0;
        ulong sum = 0;
        int most = Math.Min(input.Length, MaxBytes);
        for (int i = 0; i < most; i++)
        {
            byte b = input[i];
            sum |= (ulong)(b & 0x7f) << (7 * i);
            if ((b & 0x80) != 0) continue;
            if (b == 0 && i > 0) return OperationStatus.InvalidData;

            value = sum;
            bytesRead = i + 1;
            return OperationStatus.Done;
        }

        return most == MaxBytes ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
    }

    /// <summary>Reads a value from bytes that are all there, and moves <paramref name="input"/> behind it. False, and nothing is consumed, when they do not start with one.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> input, out ulong value)
    {
        if (Decode(input, out value, out int bytesRead) != OperationStatus.Done) return false;
        input = input[bytesRead..];
        return true;
    }

    /// <summary>Reads a value from bytes that are still arriving, and moves <paramref name="input"/> behind it. False means "not all here yet"; nothing is consumed then.</summary>
    /// <exception cref="WireFormatException">It is longer than 9 bytes, or longer than needed.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> input, out ulong value)
    {
        OperationStatus status;
        int bytesRead;
        if (input.FirstSpan.Length >= MaxBytes || input.IsSingleSegment)
        {
            status = Decode(input.FirstSpan, out value, out bytesRead);
        }
        else
        {
            Span<byte> head = stackalloc byte[MaxBytes];
            head = head[..(int)Math.Min(MaxBytes, input.Length)];
            input.Slice(0, head.Length).CopyTo(head);
            status = Decode(head, out value, out bytesRead);
        }

        if (status == OperationStatus.InvalidData) throw new WireFormatException("a variable-length integer is longer than 9 bytes, or longer than it needs to be");
        if (status != OperationStatus.Done) return false;
        input = input.Slice(bytesRead);
        return true;
    }
}
