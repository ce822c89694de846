using Shoal.Libp2p.Discovery.Dns;

namespace Shoal.Libp2p.Discovery.Mdns;

/// <summary>The peers heard of, each with its addresses, for as long as they said. Bounded. Tells what is news.</summary>
internal sealed class MdnsMemory(MdnsOptions options)
{
    /// <summary>Longest lifetime that is believed. 75 min, the longest that RFC 6762 (section 10) recommends.</summary>
    internal static readonly TimeSpan MaxTimeToLive = TimeSpan.FromMinutes(75);

    private readonly Dictionary<PeerId, Entry> _peers = [];

    /// <summary>Peers remembered, those included that nobody has noticed yet to be out of date.</summary>
    internal int Count => _peers.Count;

    /// <summary>Takes what one packet said of a peer. All its addresses if one of them is new, else null.</summary>
    internal IReadOnlyList<Multiaddr>? Learn(TimeSpan now, PeerId peer, DnsName name, TimeSpan timeToLive, IReadOnlyList<Multiaddr> addresses)
    {
        if (!_peers.TryGetValue(peer, out Entry? entry))
        {
            MakeRoom();
            _peers.Add(peer, entry = new Entry());
        }

        entry.Name = name;
        entry.HeardAt = now;
        entry.Addresses.RemoveAll(a => a.Until <= now);
        TimeSpan until = now + (timeToLive < MaxTimeToLive ? timeToLive : MaxTimeToLive);
        bool isNews = false;
        foreach (Multiaddr address in addresses)
        {
            int known = entry.Addresses.FindIndex(a => a.Address.Equals(address));
            if (known >= 0) entry.Addresses[known] = (address, until);
            else if (entry.Addresses.Count < options.MaxAddressesPerPeer)
            {
                entry.Addresses.Add((address, until));
                isNews = true;
            }
        }

        return isNews ? [.. entry.Addresses.Select(a => a.Address)] : null;
    }

    /// <summary>Forgets the peer of a name that said goodbye; its next answer is news.</summary>
    internal void Forget(DnsName name)
    {
        foreach ((PeerId peer, Entry entry) in _peers)
        {
            if (!name.Equals(entry.Name)) continue;
            _peers.Remove(peer);
            return;
        }
    }

    private void MakeRoom()
    {
        if (_peers.Count < options.MaxPeers) return;
        _peers.Remove(_peers.MinBy(p => p.Value.HeardAt).Key);
    }

    private sealed class Entry
    {
        internal DnsName? Name { get; set; }

        internal TimeSpan HeardAt { get; set; }

        internal List<(Multiaddr Address, TimeSpan Until)> Addresses { get; } = [];
    }
}
