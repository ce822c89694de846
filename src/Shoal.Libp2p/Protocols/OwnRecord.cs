using Google.Protobuf;
using Shoal.Libp2p.Protocols.Messages;

namespace Shoal.Libp2p.Protocols;

/// <summary>What we say of ourselves, serialized once for everybody; only the observed address differs from peer to peer.</summary>
internal sealed class OwnRecord
{
    private readonly Identify _record;
    private readonly byte[] _head;
    private readonly byte[] _tail;

    /// <param name="edition">Grows with every change.</param>
    /// <param name="record">Everything but the observed address.</param>
    internal OwnRecord(long edition, Identify record)
    {
        (Edition, _record) = (edition, record);
        var head = new Identify();
        if (record.HasPublicKey) head.PublicKey = record.PublicKey;
        head.ListenAddrs.Add(record.ListenAddrs);
        head.Protocols.Add(record.Protocols);
        var tail = new Identify();
        if (record.HasProtocolVersion) tail.ProtocolVersion = record.ProtocolVersion;
        if (record.HasAgentVersion) tail.AgentVersion = record.AgentVersion;
        if (record.HasSignedPeerRecord) tail.SignedPeerRecord = record.SignedPeerRecord;
        (_head, _tail) = (head.ToByteArray(), tail.ToByteArray());
    }

    /// <summary>Grows with every change.</summary>
    internal long Edition { get; }

    /// <summary>The bytes for one peer: fields 1 to 3 as they are, 4 for this peer, 5 to 8 as they are.</summary>
    internal byte[] Write(Multiaddr? observed)
    {
        byte[] middle = observed is null ? [] : new Identify { ObservedAddr = ByteString.CopyFrom(observed.Bytes.Span) }.ToByteArray();
        int size = _head.Length + middle.Length + _tail.Length;
        if (size > IdentifyCodec.WriteMessageBytes) return WriteLong(observed);

        int prefix = CodedOutputStream.ComputeLengthSize(size);
        byte[] bytes = new byte[prefix + size];
        var output = new CodedOutputStream(bytes);
        output.WriteLength(size);
        output.Flush();
        _head.CopyTo(bytes, prefix);
        middle.CopyTo(bytes, prefix + _head.Length);
        _tail.CopyTo(bytes, prefix + _head.Length + middle.Length);
        return bytes;
    }

    private byte[] WriteLong(Multiaddr? observed)
    {
        Identify whole = _record.Clone();
        if (observed is not null) whole.ObservedAddr = ByteString.CopyFrom(observed.Bytes.Span);
        return IdentifyCodec.Write(whole);
    }
}
