using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Shoal.Libp2p.Messages;
using Shoal.Net;

namespace Shoal.Libp2p.Identity;

/// <summary>The addresses of a peer in its own word (libp2p specification, RFC 0003); travels in a <see cref="SignedEnvelope"/>.</summary>
/// <param name="PeerId">Whose addresses these are; the signer of the envelope.</param>
/// <param name="Sequence">Grows with every new record of the peer: only a higher one replaces a known one.</param>
/// <param name="Addresses">Where it listens. Those of protocols unknown here are left out.</param>
internal sealed record PeerRecord(PeerId PeerId, ulong Sequence, IReadOnlyList<Multiaddr> Addresses)
{
    /// <summary>What the signature is for. RFC 0003 has another string; go, js and rust sign with this.</summary>
    internal const string Domain = "libp2p-peer-record";

    /// <summary>Most addresses read from a record. Default: 64 (own choice; 8 KiB hold some hundreds).</summary>
    internal const int MaxAddresses = 64;

    /// <summary>The multicodec of peer records, 0x0301.</summary>
    internal static ReadOnlySpan<byte> PayloadType => [0x03, 0x01];

    /// <summary>The bytes that get signed.</summary>
    internal byte[] ToBytes()
    {
        Wire.PeerRecord message = new() { PeerId = ByteString.CopyFrom(PeerId.Bytes), Seq = Sequence };
        foreach (Multiaddr address in Addresses)
            message.Addresses.Add(new Wire.PeerRecord.Types.AddressInfo { Multiaddr = UnsafeByteOperations.UnsafeWrap(address.Bytes) });
        return message.ToByteArray();
    }

    /// <summary>Our own record, signed and ready to send.</summary>
    internal static SignedEnvelope Sign(PrivateKey key, ulong sequence, IReadOnlyList<Multiaddr> addresses) =>
        SignedEnvelope.Seal(key, Domain, PayloadType, new PeerRecord(key.PeerId, sequence, addresses).ToBytes());

    /// <summary>Checks an envelope and reads the record in it. False when the signature is wrong, or somebody else than the peer signed.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> envelope, [MaybeNullWhen(false)] out PeerRecord record)
    {
        record = null;
        if (!SignedEnvelope.TryOpen(envelope, Domain, PayloadType, out SignedEnvelope? opened)) return false;
        if (!TryRead(opened.Payload.Span, out PeerRecord? read) || read.PeerId != opened.Signer.PeerId) return false;
        record = read;
        return true;
    }

    /// <summary>Reads the payload of an envelope. False when it is malformed.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> payload, [MaybeNullWhen(false)] out PeerRecord record)
    {
        record = null;
        Wire.PeerRecord message;
        try
        {
            message = ProtobufReader.Read(Wire.PeerRecord.Parser, payload, "peer record");
        }
        catch (WireFormatException)
        {
            return false;
        }

        if (!PeerId.TryRead(message.PeerId.Span, out PeerId id)) return false;
        List<Multiaddr> addresses = [];
        foreach (Wire.PeerRecord.Types.AddressInfo info in message.Addresses)
        {
            if (addresses.Count == MaxAddresses) break;
            if (Multiaddr.TryRead(info.Multiaddr.Span, out Multiaddr? address)) addresses.Add(address);
        }

        record = new PeerRecord(id, message.Seq, addresses);
        return true;
    }
}
