using System.Buffers;
using System.Buffers.Binary;
using Shoal.Net;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>
/// Domain name messages (RFC 1035, section 4), as used by ordinary and by multicast DNS.
/// </summary>
/// <remarks><code>
/// message  = id:2 flags:2 questions:2 answers:2 authorities:2 additionals:2  question* record*   (all big-endian)
/// question = name type:2 class:2
/// record   = name type:2 class:2 ttl:4 length:2 data
/// name     = (length:1 label)* (0 | 11 offset:14)                 offset: a name seen before, from the message's start
/// data     = PTR, CNAME: name | TXT: (length:1 bytes)* | A: 4 bytes | AAAA: 16 bytes | SRV: priority:2 weight:2 port:2 name
/// OPT      = 0 41:2 size:2 0:4 0:2                                largest datagram that the sender takes (RFC 6891)
/// </code>
/// Compression is understood and not written. Records of other kinds and classes are skipped.
/// </remarks>
internal static class DnsCodec
{
    /// <summary>Largest multicast DNS packet, in bytes, headers of IP and UDP included (RFC 6762, section 17).</summary>
    internal const int MaxMulticastBytes = 9000;

    /// <summary>Largest message at all, in bytes: what the length before a message over TCP can say (RFC 1035, section 4.2.2).</summary>
    internal const int MaxMessageBytes = ushort.MaxValue;

    /// <summary>Most questions and records accepted in one message. Default: 512; the largest answers in use have some dozens.</summary>
    internal const int MaxRecords = 512;

    /// <summary>Most strings accepted in one TXT record. Default: 256.</summary>
    internal const int MaxStrings = 256;

    /// <summary>Longest string of a TXT record, in bytes (RFC 1035, section 3.3).</summary>
    internal const int MaxStringBytes = 255;

    /// <summary>Most compression pointers followed in one name. Default: 127, the most labels that a name can have.</summary>
    internal const int MaxPointers = 127;

    /// <summary>Reads a message; bytes behind it are ignored.</summary>
    /// <exception cref="WireFormatException">It is not one, or exceeds a limit.</exception>
    internal static DnsMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxMessageBytes) throw new WireFormatException($"DNS message of {bytes.Length} bytes, at most {MaxMessageBytes} allowed");
        return new DnsReader(bytes).ReadMessage();
    }

    /// <summary>The bytes of a message.</summary>
    internal static byte[] ToBytes(DnsMessage message)
    {
        var output = new ArrayBufferWriter<byte>(512);
        Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a message.</summary>
    internal static void Write(IBufferWriter<byte> output, DnsMessage message)
    {
        WriteUInt16(output, message.Id);
        WriteUInt16(output, (ushort)message.Flags);
        WriteUInt16(output, message.Questions.Count);
        WriteUInt16(output, message.Answers.Count);
        WriteUInt16(output, message.Authorities.Count);
        WriteUInt16(output, message.Additionals.Count + (message.UdpPayloadSize is null ? 0 : 1));
        foreach (DnsQuestion question in message.Questions)
        {
            output.Write(question.Name.Wire);
            WriteUInt16(output, (ushort)question.Type);
            WriteUInt16(output, question.Class);
        }

        foreach (DnsRecord record in message.Answers) WriteRecord(output, record);
        foreach (DnsRecord record in message.Authorities) WriteRecord(output, record);
        foreach (DnsRecord record in message.Additionals) WriteRecord(output, record);
        if (message.UdpPayloadSize is { } size) WriteHead(output, [0], DnsType.Opt, size, timeToLive: 0, length: 0);
    }

    /// <summary>Bytes that a TXT record takes, for a name of <paramref name="nameBytes"/> and strings of so many bytes in all, length bytes included.</summary>
    internal static int MeasureTxt(int nameBytes, int stringBytes) => nameBytes + 10 + stringBytes;

    private static void WriteRecord(IBufferWriter<byte> output, DnsRecord record)
    {
        switch (record)
        {
            case PtrRecord ptr:
                WriteHead(output, record, DnsType.Ptr, ptr.Target.Wire.Length);
                output.Write(ptr.Target.Wire);
                break;
            case CnameRecord cname:
                WriteHead(output, record, DnsType.Cname, cname.Target.Wire.Length);
                output.Write(cname.Target.Wire);
                break;
            case TxtRecord txt:
                WriteHead(output, record, DnsType.Txt, txt.Strings.Sum(s => 1 + s.Length));
                foreach (byte[] text in txt.Strings)
                {
                    output.Write([checked((byte)text.Length)]);
                    output.Write(text);
                }

                break;
            case AddressRecord address:
                byte[] bytes = address.Address.GetAddressBytes();
                WriteHead(output, record, bytes.Length == 4 ? DnsType.A : DnsType.Aaaa, bytes.Length);
                output.Write(bytes);
                break;
            case SrvRecord srv:
                WriteHead(output, record, DnsType.Srv, 6 + srv.Target.Wire.Length);
                WriteUInt16(output, srv.Priority);
                WriteUInt16(output, srv.Weight);
                WriteUInt16(output, srv.Port);
                output.Write(srv.Target.Wire);
                break;
            default:
                throw new ArgumentException($"A record of type {record.GetType().Name} cannot be written.", nameof(record));
        }
    }

    private static void WriteHead(IBufferWriter<byte> output, DnsRecord record, DnsType type, int length) =>
        WriteHead(output, record.Name.Wire, type, (ushort)(DnsRecord.Internet | (record.CacheFlush ? DnsRecord.TopBit : 0)), record.TimeToLive, length);

    private static void WriteHead(IBufferWriter<byte> output, ReadOnlySpan<byte> name, DnsType type, ushort @class, uint timeToLive, int length)
    {
        output.Write(name);
        WriteUInt16(output, (ushort)type);
        WriteUInt16(output, @class);
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), timeToLive);
        output.Advance(4);
        WriteUInt16(output, length);
    }

    private static void WriteUInt16(IBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), checked((ushort)value));
        output.Advance(2);
    }
}
