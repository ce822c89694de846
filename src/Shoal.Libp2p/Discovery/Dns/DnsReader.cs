using System.Buffers.Binary;
using System.Net;
using Shoal.Net;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>Reads one message. See <see cref="DnsCodec"/> for the layout.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    internal DnsMessage ReadMessage()
    {
        ushort id = ReadUInt16();
        var flags = (DnsFlags)ReadUInt16();
        int questions = ReadUInt16(), answers = ReadUInt16(), authorities = ReadUInt16(), additionals = ReadUInt16();
        if (questions + answers + authorities + additionals > DnsCodec.MaxRecords)
            throw new WireFormatException($"DNS message of {questions + answers + authorities + additionals} questions and records, at most {DnsCodec.MaxRecords} allowed");

        ushort? udpPayloadSize = null;
        return new DnsMessage
        {
            Id = id,
            Flags = flags,
            Questions = ReadQuestions(questions),
            Answers = ReadRecords(answers, ref udpPayloadSize),
            Authorities = ReadRecords(authorities, ref udpPayloadSize),
            Additionals = ReadRecords(additionals, ref udpPayloadSize),
            UdpPayloadSize = udpPayloadSize,
        };
    }

    private List<DnsQuestion> ReadQuestions(int count)
    {
        List<DnsQuestion> questions = [];
        for (int i = 0; i < count; i++) questions.Add(new DnsQuestion(ReadName(), (DnsType)ReadUInt16(), ReadUInt16()));
        return questions;
    }

    private List<DnsRecord> ReadRecords(int count, ref ushort? udpPayloadSize)
    {
        List<DnsRecord> records = [];
        for (int i = 0; i < count; i++)
        {
            DnsName name = ReadName();
            var type = (DnsType)ReadUInt16();
            ushort @class = ReadUInt16();
            uint timeToLive = BinaryPrimitives.ReadUInt32BigEndian(Take(4));
            int end = ReadUInt16() + _position;
            if (end > _message.Length) throw Truncated();

            if (type == DnsType.Opt) udpPayloadSize = @class;
            bool flush = (@class & DnsRecord.TopBit) != 0;
            bool known = (@class & ~DnsRecord.TopBit) == DnsRecord.Internet;
            if (known && ReadData(name, type, timeToLive, end) is { } record)
            {
                if (_position != end) throw new WireFormatException($"DNS record of type {(ushort)type} whose length does not fit its content");
                records.Add(flush ? record with { CacheFlush = true } : record);
            }

            _position = end;
        }

        return records;
    }

    private DnsRecord? ReadData(DnsName name, DnsType type, uint timeToLive, int end) => type switch
    {
        DnsType.Ptr => new PtrRecord(name, timeToLive, ReadName()),
        DnsType.Cname => new CnameRecord(name, timeToLive, ReadName()),
        DnsType.Txt => new TxtRecord(name, timeToLive, ReadStrings(end)),
        DnsType.A => new AddressRecord(name, timeToLive, new IPAddress(Take(4))),
        DnsType.Aaaa => new AddressRecord(name, timeToLive, new IPAddress(Take(16))),
        DnsType.Srv => new SrvRecord(name, timeToLive, ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadName()),
        _ => null,
    };

    private List<byte[]> ReadStrings(int end)
    {
        List<byte[]> strings = [];
        while (_position < end)
        {
            if (strings.Count == DnsCodec.MaxStrings) throw new WireFormatException($"TXT record of more than {DnsCodec.MaxStrings} strings");
            strings.Add(Take(Take(1)[0]).ToArray());
        }

        return strings;
    }

    /// <summary>Follows compression (RFC 1035, section 4.1.4), only backwards: a piece must lie before the one that points to it.</summary>
    private DnsName ReadName()
    {
        Span<byte> wire = stackalloc byte[DnsName.MaxWireBytes];
        int length = 0, at = _position, pieceStart = _position, pointers = 0;
        while (true)
        {
            if (at >= _message.Length) throw Truncated();
            int head = _message[at];
            if ((head & 0xC0) == 0xC0)
            {
                if (at + 1 >= _message.Length) throw Truncated();
                int target = ((head & 0x3F) << 8) | _message[at + 1];
                if (target >= pieceStart) throw new WireFormatException("DNS name that does not point backwards");
                if (++pointers > DnsCodec.MaxPointers) throw new WireFormatException($"DNS name of more than {DnsCodec.MaxPointers} pointers");
                if (pointers == 1) _position = at + 2;
                at = pieceStart = target;
                continue;
            }

            if (head > DnsName.MaxLabelBytes) throw new WireFormatException($"DNS label that begins with byte {head}");
            int next = at + 1 + head;
            if (next > _message.Length) throw Truncated();
            if (length + 1 + head > DnsName.MaxWireBytes) throw new WireFormatException($"DNS name of more than {DnsName.MaxWireBytes} bytes");
            _message[at..next].CopyTo(wire[length..]);
            length += 1 + head;
            at = next;
            if (head != 0) continue;

            if (pointers == 0) _position = at;
            return new DnsName(wire[..length].ToArray());
        }
    }

    private ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _position) throw Truncated();
        ReadOnlySpan<byte> taken = _message.Slice(_position, count);
        _position += count;
        return taken;
    }

    private static WireFormatException Truncated() => new("DNS message that ends too early");
}
