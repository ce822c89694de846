namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>Writes protobuf fields into a span that the caller has measured before.</summary>
/// <remarks>Field numbers up to 15 only, so that a tag is one byte: pubsub has no others.</remarks>
internal ref struct ProtobufWriter(Span<byte> destination)
{
    private readonly Span<byte> _span = destination;
    private int _position;

    /// <summary>Bytes written so far.</summary>
    internal readonly int Written => _position;

    /// <summary>Bytes that a number takes.</summary>
    internal static int VarintSize(ulong value)
    {
        int size = 1;
        while ((value >>= 7) != 0) size++;
        return size;
    }

    /// <summary>Bytes that a length-delimited field takes with its tag.</summary>
    internal static int FieldSize(int length) => 1 + VarintSize((ulong)length) + length;

    internal void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _span[_position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _span[_position++] = (byte)value;
    }

    /// <summary>Writes the tag and length of a length-delimited field; its content comes next.</summary>
    internal void WriteHeader(int field, int length)
    {
        _span[_position++] = (byte)(field << 3 | (int)WireType.Bytes);
        WriteVarint((ulong)length);
    }

    internal void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteHeader(field, value.Length);
        value.CopyTo(_span[_position..]);
        _position += value.Length;
    }

    internal void WriteText(int field, string value)
    {
        WriteHeader(field, System.Text.Encoding.UTF8.GetByteCount(value));
        _position += System.Text.Encoding.UTF8.GetBytes(value, _span[_position..]);
    }

    internal void WriteNumber(int field, ulong value)
    {
        _span[_position++] = (byte)(field << 3 | (int)WireType.Varint);
        WriteVarint(value);
    }
}
