using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Multiformats;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Multiformats;

public class UnsignedVarintTests
{
    // multiformats/unsigned-varint, README, "Examples"; the last one is the limit of its "Practical maximum".
    [Theory]
    [InlineData(0ul, "00")]
    [InlineData(1ul, "01")]
    [InlineData(127ul, "7f")]
    [InlineData(128ul, "8001")]
    [InlineData(255ul, "ff01")]
    [InlineData(300ul, "ac02")]
    [InlineData(16384ul, "808001")]
    [InlineData(UnsignedVarint.MaxValue, "ffffffffffffffff7f")]
    public void Has_the_bytes_of_the_specification(ulong value, string hex)
    {
        ArrayBufferWriter<byte> output = new();
        UnsignedVarint.Write(output, value);
        Assert.Equal(hex, Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(hex.Length / 2, UnsignedVarint.Size(value));

        ReadOnlySpan<byte> input = output.WrittenSpan;
        Assert.True(UnsignedVarint.TryRead(ref input, out ulong read));
        Assert.Equal(value, read);
        Assert.True(input.IsEmpty);
    }

    [Theory]
    [InlineData("8000")] // 0 in two bytes
    [InlineData("ff8000")] // 127 in three
    [InlineData("80808080808080808001")] // ten bytes
    [InlineData("ffffffffffffffffff")] // nine bytes that announce a tenth
    public void Refuses_what_is_longer_than_needed_or_allowed(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(OperationStatus.InvalidData, UnsignedVarint.Decode(bytes, out _, out _));
        ReadOnlySpan<byte> span = bytes;
        Assert.False(UnsignedVarint.TryRead(ref span, out _));
        Assert.Throws<WireFormatException>(() =>
        {
            ReadOnlySequence<byte> sequence = Pieces(bytes, 1);
            UnsignedVarint.TryRead(ref sequence, out _);
        });
    }

    [Fact]
    public void Waits_for_the_rest_and_consumes_nothing()
    {
        ReadOnlySequence<byte> sequence = Pieces([0xff, 0xff], 1);
        Assert.False(UnsignedVarint.TryRead(ref sequence, out _));
        Assert.Equal(2, sequence.Length);
        sequence = ReadOnlySequence<byte>.Empty;
        Assert.False(UnsignedVarint.TryRead(ref sequence, out _));
    }

    [Fact]
    public void A_value_beyond_63_bits_is_the_callers_fault() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => UnsignedVarint.Size(UnsignedVarint.MaxValue + 1));

    [Fact]
    public void What_is_written_is_read_from_any_pieces() => Prop.ForAll<ulong, byte[], byte>((number, tail, cut) =>
    {
        ulong value = number & UnsignedVarint.MaxValue;
        byte[] bytes = new byte[UnsignedVarint.Size(value) + tail.Length];
        int size = UnsignedVarint.Write(bytes, value);
        tail.CopyTo(bytes.AsSpan(size));

        ReadOnlySequence<byte> sequence = Pieces(bytes, 1 + (cut % 12));
        return UnsignedVarint.TryRead(ref sequence, out ulong read) && read == value && sequence.ToArray().AsSpan().SequenceEqual(tail);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_is_read_as_its_only_form_or_not_at_all() => Prop.ForAll<byte[]>(garbage =>
    {
        ReadOnlySpan<byte> rest = garbage;
        if (!UnsignedVarint.TryRead(ref rest, out ulong value)) return rest.Length == garbage.Length;
        byte[] again = new byte[UnsignedVarint.Size(value)];
        UnsignedVarint.Write(again, value);
        return garbage.AsSpan(0, garbage.Length - rest.Length).SequenceEqual(again);
    }).QuickCheckThrowOnFailure();

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        Piece? first = null;
        Piece? last = null;
        for (int at = 0; at < bytes.Length; at += size)
        {
            last = new Piece(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        internal Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
