using System.Net;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>Kinds of records that are understood (RFC 1035, section 3.2.2; RFC 3596; RFC 2782; RFC 6891).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Any = 255,
}

/// <summary>How a query went (RFC 1035, section 4.1.1).</summary>
internal enum DnsResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <summary>The sixteen bits behind a message's id (RFC 1035, section 4.1.1). The lowest four are the response code.</summary>
[Flags]
internal enum DnsFlags : ushort
{
    None = 0,
    Response = 0x8000,
    OpcodeMask = 0x7800,
    Authoritative = 0x0400,
    Truncated = 0x0200,
    RecursionDesired = 0x0100,
    ResponseCodeMask = 0x000F,
}

/// <summary>What is asked.</summary>
/// <param name="Name">Whose records.</param>
/// <param name="Type">Records of which kind; may be a kind that is not in the enumeration.</param>
/// <param name="Class">1 for the Internet; in multicast DNS the highest bit asks for a unicast answer (RFC 6762, section 5.4).</param>
internal sealed record DnsQuestion(DnsName Name, DnsType Type, ushort Class = DnsRecord.Internet);

/// <summary>One fact about a name.</summary>
/// <param name="Name">Whose record.</param>
/// <param name="TimeToLive">How long it may be remembered, in seconds; 0 is a goodbye in multicast DNS (RFC 6762, section 10.1).</param>
internal abstract record DnsRecord(DnsName Name, uint TimeToLive)
{
    /// <summary>The Internet class (RFC 1035, section 3.2.4).</summary>
    internal const ushort Internet = 1;

    /// <summary>Bit beside the class: in a record "forget others of this name" (RFC 6762, section 10.2), in a question "answer by unicast" (section 5.4).</summary>
    internal const ushort TopBit = 0x8000;

    /// <summary>True when this is the whole set, others of its name and type are to be forgotten (RFC 6762, section 10.2).</summary>
    internal bool CacheFlush { get; init; }
}

/// <summary>A pointer to another name: here, from a service to one that offers it.</summary>
internal sealed record PtrRecord(DnsName Name, uint TimeToLive, DnsName Target) : DnsRecord(Name, TimeToLive);

/// <summary>Says that a name is another name for the target.</summary>
internal sealed record CnameRecord(DnsName Name, uint TimeToLive, DnsName Target) : DnsRecord(Name, TimeToLive);

/// <summary>Strings of at most 255 bytes each.</summary>
internal sealed record TxtRecord(DnsName Name, uint TimeToLive, IReadOnlyList<byte[]> Strings) : DnsRecord(Name, TimeToLive);

/// <summary>An IPv4 (A) or IPv6 (AAAA) address.</summary>
internal sealed record AddressRecord(DnsName Name, uint TimeToLive, IPAddress Address) : DnsRecord(Name, TimeToLive);

/// <summary>Host and port of a service (RFC 2782).</summary>
internal sealed record SrvRecord(DnsName Name, uint TimeToLive, ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsRecord(Name, TimeToLive);

/// <summary>A question, an answer, or both.</summary>
internal sealed record DnsMessage
{
    /// <summary>Ties an answer to its question; 0 in multicast DNS.</summary>
    public ushort Id { get; init; }

    /// <summary>Query or response, and how it went.</summary>
    public DnsFlags Flags { get; init; }

    /// <summary>Largest datagram that the sender takes, in bytes (RFC 6891); null when it does not say.</summary>
    public ushort? UdpPayloadSize { get; init; }

    /// <summary>What is asked.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>What answers the questions; in a multicast query what the asker knows already.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Where the answers come from; in a multicast query what the asker wants to claim.</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>What the asker will want next.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>True when this is an answer.</summary>
    public bool IsResponse => (Flags & DnsFlags.Response) != 0;

    /// <summary>True when more was to be said than fitted.</summary>
    public bool IsTruncated => (Flags & DnsFlags.Truncated) != 0;

    /// <summary>How the query went.</summary>
    public DnsResponseCode ResponseCode => (DnsResponseCode)(Flags & DnsFlags.ResponseCodeMask);
}
