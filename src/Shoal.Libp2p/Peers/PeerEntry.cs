namespace Shoal.Libp2p.Peers;

/// <summary>Everything a <see cref="AddressBook"/> holds of one peer. Times count from the Unix epoch.</summary>
internal sealed class PeerEntry(PeerId id)
{
    internal PeerId Id { get; } = id;

    internal List<KnownAddress> Addresses { get; } = [];

    internal IReadOnlyList<string> Protocols { get; set; } = [];

    internal string Agent { get; set; } = "";

    internal ReadOnlyMemory<byte> SignedRecord { get; set; }

    /// <summary>Sequence number of <see cref="SignedRecord"/>.</summary>
    internal ulong Sequence { get; set; }

    /// <summary>How many owners hold it; above zero it neither expires nor makes room.</summary>
    internal int Pins { get; set; }

    /// <summary>When anything was last heard of it.</summary>
    internal TimeSpan Seen { get; set; }

    /// <summary>True when we were connected once: worth more than one that was only heard of.</summary>
    internal bool WasConnected { get; set; }

    internal KnownAddress? Find(Multiaddr address) => Addresses.Find(a => a.Address.Equals(address));
}
