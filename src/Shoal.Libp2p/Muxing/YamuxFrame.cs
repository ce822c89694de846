using System.Buffers.Binary;
using Shoal.Net;

namespace Shoal.Libp2p.Muxing;

/// <summary>What a frame is.</summary>
internal enum YamuxType : byte
{
    /// <summary>Length bytes of payload follow.</summary>
    Data = 0,

    /// <summary>Length is credit; nothing follows.</summary>
    WindowUpdate = 1,

    /// <summary>Length is an opaque value to send back; nothing follows.</summary>
    Ping = 2,

    /// <summary>Length is a reason; nothing follows.</summary>
    GoAway = 3,
}

/// <summary>What a frame does to its stream besides.</summary>
[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,

    /// <summary>Opens the stream, or asks in a ping.</summary>
    Syn = 1,

    /// <summary>Accepts the stream, or answers a ping.</summary>
    Ack = 2,

    /// <summary>Ends the sender's direction.</summary>
    Fin = 4,

    /// <summary>Drops the stream.</summary>
    Rst = 8,
}

/// <summary>Why a session ends.</summary>
internal enum YamuxGoAway : uint
{
    Normal = 0,
    ProtocolError = 1,
    InternalError = 2,
}

/// <summary>Header of a yamux frame (yamux specification, framing).</summary>
/// <remarks>
/// <code>
/// version 0 (1) | type (1) | flags (2) | stream id (4) | length (4)        all big-endian
/// </code>
/// </remarks>
internal readonly record struct YamuxFrame(YamuxType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    /// <summary>Bytes of a header.</summary>
    internal const int HeaderSize = 12;

    /// <summary>Reads a header of exactly <see cref="HeaderSize"/> bytes.</summary>
    /// <exception cref="WireFormatException">Another version, an unknown type, unknown flags, or a stream id where none belongs.</exception>
    internal static YamuxFrame Read(ReadOnlySpan<byte> header)
    {
        if (header[0] != 0) throw new WireFormatException($"yamux version {header[0]}, only 0 is known");
        if (header[1] > (byte)YamuxType.GoAway) throw new WireFormatException($"yamux frame of unknown type {header[1]}");
        var type = (YamuxType)header[1];
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        if (flags > 15) throw new WireFormatException($"yamux frame with unknown flags 0x{flags:x4}");
        uint id = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        bool ofSession = type is YamuxType.Ping or YamuxType.GoAway;
        if (ofSession != (id == 0)) throw new WireFormatException($"yamux {type} frame with stream id {id}");
        return new YamuxFrame(type, (YamuxFlags)flags, id, BinaryPrimitives.ReadUInt32BigEndian(header[8..]));
    }

    /// <summary>Writes the header to the first <see cref="HeaderSize"/> bytes.</summary>
    internal void Write(Span<byte> header)
    {
        header[0] = 0;
        header[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], Length);
    }
}
