using Shoal.Net;

namespace Shoal.Libp2p.Pubsub.Messages;

/// <summary>How a protobuf field is laid out (protobuf encoding, wire types).</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>Walks over the fields of one protobuf message and hands out slices of it; copies nothing.</summary>
/// <remarks>Every malformation throws <see cref="WireFormatException"/> and nothing else.</remarks>
internal ref struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _position;

    /// <summary>Reads the next field's tag. False at the end of the message.</summary>
    internal bool TryReadTag(out int field, out WireType type)
    {
        (field, type) = (0, default);
        if (_position == _span.Length) return false;

        ulong tag = ReadVarint();
        type = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > 536_870_911) throw new WireFormatException($"protobuf field number {tag >> 3}");
        field = (int)(tag >> 3);
        return true;
    }

    /// <summary>Reads a base-128 number of at most ten bytes; the excess bits of the tenth are dropped, as everywhere.</summary>
    internal ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position == _span.Length) throw new WireFormatException("protobuf number cut short");
            byte b = _span[_position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }

        throw new WireFormatException("protobuf number of more than ten bytes");
    }

    /// <summary>Reads a length and the slice of that length behind it.</summary>
    internal ReadOnlyMemory<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(_span.Length - _position))
            throw new WireFormatException($"protobuf field of {length} bytes, {_span.Length - _position} are left");

        ReadOnlyMemory<byte> slice = message.Slice(_position, (int)length);
        _position += (int)length;
        return slice;
    }

    /// <summary>Steps over a field that nobody here knows.</summary>
    internal void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Bytes:
                ReadBytes();
                break;
            case WireType.Fixed64:
                Advance(8);
                break;
            case WireType.Fixed32:
                Advance(4);
                break;
            default:
                throw new WireFormatException($"protobuf wire type {(int)type}");
        }
    }

    private void Advance(int count)
    {
        if (_span.Length - _position < count) throw new WireFormatException("protobuf field cut short");
        _position += count;
    }
}
