using Google.Protobuf;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Protocols.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Protocols;

/// <summary>What a peer said of itself, checked.</summary>
/// <param name="Info">What there is to know.</param>
/// <param name="Record">Its signed peer record; null when none came.</param>
/// <param name="Envelope">That record as it came.</param>
internal readonly record struct IdentifiedPeer(IdentifyInfo Info, PeerRecord? Record, ReadOnlyMemory<byte> Envelope);

/// <summary>Checks what a peer says of itself, and lays it over what the peer said before.</summary>
internal static class IdentifyReader
{
    /// <summary>Checks a record.</summary>
    /// <param name="record">The record, merged from all of its messages.</param>
    /// <param name="peer">Who the connection says the peer is.</param>
    /// <param name="before">What the peer said before: fields that are absent now are unchanged.</param>
    /// <exception cref="PeerIdentityException">The key, or the signed record, is another peer's.</exception>
    /// <exception cref="WireFormatException">The signed record is malformed, or not signed by its key.</exception>
    internal static IdentifiedPeer Read(Identify record, PeerId peer, IdentifyInfo? before)
    {
        if (record.HasPublicKey && !record.PublicKey.IsEmpty) CheckKey(record.PublicKey.Span, peer);

        IReadOnlyList<Multiaddr> addresses = Addresses(record.ListenAddrs);
        ReadOnlyMemory<byte> envelope = default;
        PeerRecord? signed = null;
        if (record.HasSignedPeerRecord && !record.SignedPeerRecord.IsEmpty)
        {
            envelope = record.SignedPeerRecord.ToByteArray();
            if (!PeerRecord.TryOpen(envelope.Span, out signed)) throw new WireFormatException("the signed peer record in identify is malformed or not signed by its peer");
            if (signed.PeerId != peer) throw new PeerIdentityException($"{peer} sent in identify the signed record of {signed.PeerId}");
            addresses = [.. signed.Addresses.Take(IdentifyCodec.MaxAddresses).Select(a => a.WithoutPeerId()).Distinct()];
        }

        bool hasAddresses = signed is not null || record.ListenAddrs.Count > 0;
        var info = new IdentifyInfo
        {
            AgentVersion = record.HasAgentVersion ? IdentifyCodec.Clean(record.AgentVersion) : before?.AgentVersion ?? "",
            ProtocolVersion = record.HasProtocolVersion ? IdentifyCodec.Clean(record.ProtocolVersion) : before?.ProtocolVersion ?? "",
            Protocols = record.Protocols.Count > 0 ? Protocols(record.Protocols) : before?.Protocols ?? [],
            ListenAddresses = hasAddresses ? addresses : before?.ListenAddresses ?? [],
            ObservedAddress = record.HasObservedAddr && Multiaddr.TryRead(record.ObservedAddr.Span, out Multiaddr? observed)
                ? observed.WithoutPeerId()
                : before?.ObservedAddress,
            HasSignedRecord = signed is not null || before is { HasSignedRecord: true },
        };
        return new IdentifiedPeer(info, signed, envelope);
    }

    private static void CheckKey(ReadOnlySpan<byte> protobuf, PeerId peer)
    {
        if (!PublicKey.TryRead(protobuf, out PublicKey? key)) throw new WireFormatException("the public key in identify is malformed");
        if (key.PeerId != peer) throw new PeerIdentityException($"{peer} says in identify that it is {key.PeerId}");
    }

    /// <summary>Addresses that we cannot read are passed over: there are newer kinds than ours.</summary>
    private static List<Multiaddr> Addresses(IEnumerable<ByteString> from)
    {
        List<Multiaddr> addresses = [];
        foreach (ByteString bytes in from)
        {
            if (addresses.Count == IdentifyCodec.MaxAddresses) break;
            if (!Multiaddr.TryRead(bytes.Span, out Multiaddr? address)) continue;
            address = address.WithoutPeerId();
            if (!addresses.Contains(address)) addresses.Add(address);
        }

        return addresses;
    }

    private static string[] Protocols(IEnumerable<string> from) =>
        [.. from.Where(p => p.Length is > 0 and <= IdentifyCodec.MaxTextChars).Select(IdentifyCodec.Clean).Distinct().Take(IdentifyCodec.MaxProtocols)];
}
