using Google.Protobuf;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Messages;

/// <summary>What a peer says of itself on the discovery topic: its key and where it listens.</summary>
internal static class PeerAnnouncementCodec
{
    /// <summary>Addresses read from one announcement, and written into one; the rest is passed over. Default: 16.</summary>
    internal const int MaxAddresses = 16;

    internal static byte[] Write(PublicKey key, IEnumerable<Multiaddr> addresses)
    {
        var message = new PeerAnnouncement { PublicKey = ByteString.CopyFrom(key.Protobuf.Span) };
        foreach (Multiaddr address in addresses.Take(MaxAddresses)) message.Addrs.Add(ByteString.CopyFrom(address.Bytes.Span));
        return message.ToByteArray();
    }

    /// <summary>Gives the peer and those of its addresses that can be understood.</summary>
    /// <exception cref="WireFormatException">The bytes are no announcement, or its key is none.</exception>
    internal static (PeerId Peer, IReadOnlyList<Multiaddr> Addresses) Read(ReadOnlySpan<byte> bytes)
    {
        PeerAnnouncement message = Protobuf.Read(PeerAnnouncement.Parser, bytes, "peer announcement");
        if (!PublicKey.TryRead(message.PublicKey.Span, out PublicKey? key))
            throw new WireFormatException("a peer announcement without a usable key");
        List<Multiaddr> addresses = [];
        foreach (ByteString binary in message.Addrs.Take(MaxAddresses))
        {
            if (Multiaddr.TryRead(binary.Span, out Multiaddr? address)) addresses.Add(address);
        }

        return (key.PeerId, addresses);
    }
}
