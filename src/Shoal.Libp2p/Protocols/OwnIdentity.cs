using Google.Protobuf;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Protocols.Messages;

namespace Shoal.Libp2p.Protocols;

/// <summary>What we say of ourselves. Built and signed when somebody asks, then kept until something changes. Thread-safe.</summary>
internal sealed class OwnIdentity(PrivateKey key, string agentVersion, ProtocolTable protocols, NodeAddresses addresses, TimeProvider time)
{
    /// <summary>The protocol family, as everybody says it (libp2p specification, identify).</summary>
    internal const string ProtocolVersion = "ipfs/0.1.0";

    private readonly Lock _sync = new();
    private OwnRecord? _record;
    private long _edition = 1;
    private ulong _sequence;

    /// <summary>Grows with every change.</summary>
    internal long Edition { get { lock (_sync) return _edition; } }

    /// <summary>The record as it is now.</summary>
    internal OwnRecord Record
    {
        get
        {
            lock (_sync) return _record ??= Build();
        }
    }

    /// <summary>Notes a change.</summary>
    internal void Renew()
    {
        lock (_sync)
        {
            _edition++;
            _record = null;
        }
    }

    private OwnRecord Build()
    {
        // The sequence number must grow from run to run too (RFC 0003), which the calendar does.
        _sequence = Math.Max(_sequence + 1, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        IReadOnlyList<Multiaddr> listening = addresses.All;
        var record = new Identify
        {
            PublicKey = ByteString.CopyFrom(key.PublicKey.Protobuf.Span),
            ProtocolVersion = ProtocolVersion,
            AgentVersion = agentVersion,
            SignedPeerRecord = ByteString.CopyFrom(PeerRecord.Sign(key, _sequence, Fitting(listening)).Bytes.Span),
        };
        record.ListenAddrs.Add(listening.Select(a => ByteString.CopyFrom(a.Bytes.Span)));
        record.Protocols.Add(protocols.Names);
        return new OwnRecord(_edition, record);
    }

    /// <summary>As many addresses as others read of a signed record, and as fit into it.</summary>
    private static List<Multiaddr> Fitting(IReadOnlyList<Multiaddr> addresses)
    {
        List<Multiaddr> fitting = [];
        int bytes = 0;
        foreach (Multiaddr address in addresses.Take(PeerRecord.MaxAddresses))
        {
            bytes += address.Bytes.Length;
            if (bytes > SignedEnvelope.MaxBytes / 2) break;
            fitting.Add(address);
        }

        return fitting;
    }
}
