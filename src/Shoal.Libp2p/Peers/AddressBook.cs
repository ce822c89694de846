using Shoal.Libp2p.Identity;

namespace Shoal.Libp2p.Peers;

/// <summary>Decides which peers and addresses are remembered, for how long, and in which order they are tried.</summary>
/// <remarks>Not thread-safe. Time is an argument and counts from the Unix epoch, because what is remembered outlives the process.</remarks>
internal sealed class AddressBook(PeerStoreOptions options)
{
    /// <summary>The share of peers that makes room at once, so that a flood of new ones does not cost a search each.</summary>
    private const int RoomShare = 16;

    private readonly Dictionary<PeerId, PeerEntry> _peers = [];
    private long _order;

    /// <summary>Grows with every change that a file should have.</summary>
    internal long Version { get; private set; }

    internal int Count => _peers.Count;

    /// <summary>All peers, the longest known first as a rule.</summary>
    internal IReadOnlyCollection<PeerEntry> Entries => _peers.Values;

    internal PeerEntry? Find(PeerId peer, TimeSpan now)
    {
        if (!_peers.TryGetValue(peer, out PeerEntry? entry)) return null;
        Expire(entry, now);
        return entry;
    }

    /// <summary>The live addresses of a peer, best first.</summary>
    internal List<KnownAddress> Ranked(PeerEntry entry, TimeSpan now)
    {
        Expire(entry, now);
        List<KnownAddress> ranked = [.. entry.Addresses];
        ranked.Sort((a, b) => KnownAddress.Compare(a, b, now, options.FailureMemory));
        return ranked;
    }

    internal void AddAddresses(PeerId peer, IEnumerable<Multiaddr> addresses, AddressSource source, TimeSpan? life, TimeSpan now)
    {
        PeerEntry? entry = null;
        foreach (Multiaddr address in addresses)
        {
            if (Normalize(peer, address) is not { } bare) continue;
            entry ??= Open(peer, now);
            if (entry is null) return;
            Add(entry, bare, source, now + (life ?? LifeOf(source)), now);
        }
    }

    internal void SetIdentify(PeerId peer, IdentifyInfo info, TimeSpan now)
    {
        if (Open(peer, now) is not { } entry) return;
        entry.Agent = info.AgentVersion.Length <= options.MaxAgentLength ? info.AgentVersion : info.AgentVersion[..options.MaxAgentLength];
        entry.Protocols = [.. info.Protocols.Where(p => p.Length <= options.MaxProtocolLength).Take(options.MaxProtocolsPerPeer)];
        if (info.ListenAddresses.Count > 0) Replace(entry, info.ListenAddresses, AddressSource.Identified, now);
    }

    /// <summary>Takes a record whose signature was checked.</summary>
    internal SignedRecordOutcome AddSignedRecord(PeerRecord record, ReadOnlyMemory<byte> envelope, TimeSpan now)
    {
        if (_peers.TryGetValue(record.PeerId, out PeerEntry? known) && !known.SignedRecord.IsEmpty && record.Sequence <= known.Sequence) return SignedRecordOutcome.Stale;
        if (Open(record.PeerId, now) is not { } entry) return SignedRecordOutcome.Stale;
        entry.SignedRecord = envelope;
        entry.Sequence = record.Sequence;
        Replace(entry, record.Addresses, AddressSource.Certified, now);
        return SignedRecordOutcome.Accepted;
    }

    internal void OnDialSucceeded(PeerId peer, Multiaddr address, TimeSpan now)
    {
        if (Normalize(peer, address) is not { } bare || Open(peer, now) is not { } entry) return;
        entry.WasConnected = true;
        Add(entry, bare, AddressSource.Learned, now + options.ConfirmedLife, now, worked: true);
    }

    internal void OnDialFailed(PeerId peer, Multiaddr address, TimeSpan now)
    {
        if (Normalize(peer, address) is not { } bare || Find(peer, now)?.Find(bare) is not { } known) return;
        known.Failures = Math.Min(known.Failures + 1, 1000);
        known.LastFailure = now;
        Version++;
    }

    internal void Pin(PeerId peer, TimeSpan now)
    {
        PeerEntry entry = Open(peer, now, always: true)!;
        entry.Pins++;
        entry.WasConnected = true;
    }

    internal void Unpin(PeerId peer, TimeSpan now)
    {
        if (!_peers.TryGetValue(peer, out PeerEntry? entry) || entry.Pins == 0) return;
        Touch(entry, now);
        entry.Pins--;

        // While it was connected nothing expired; what the peer said of itself gets a last hour from now.
        if (entry.Pins == 0)
            foreach (KnownAddress known in entry.Addresses)
                if (known.Source != AddressSource.Learned) known.Until = Later(known.Until, now + options.LearnedLife);
    }

    internal bool Remove(PeerId peer)
    {
        if (!_peers.Remove(peer)) return false;
        Version++;
        return true;
    }

    /// <summary>Puts back a peer from a file. False when there is no room.</summary>
    internal bool Restore(PeerEntry entry, TimeSpan now)
    {
        if (_peers.Count >= options.MaxPeers || !_peers.TryAdd(entry.Id, entry)) return false;
        Expire(entry, now);
        return true;
    }

    /// <summary>An address for <see cref="Restore"/>, within the limits; null when it is outside them.</summary>
    internal KnownAddress? Restored(PeerEntry entry, Multiaddr address, AddressSource source, TimeSpan until, TimeSpan now)
    {
        if (Normalize(entry.Id, address) is not { } bare || entry.Addresses.Count >= options.MaxAddressesPerPeer || entry.Find(bare) is not null) return null;

        // A clock that went wrong once must not make an address immortal.
        TimeSpan longest = now + options.ConfirmedLife;
        KnownAddress known = new(bare, source, until < longest ? until : longest, _order++);
        entry.Addresses.Add(known);
        return known;
    }

    /// <summary>Forgets what is due: addresses past their time, and peers without any address that were not heard of for long.</summary>
    internal void ExpireAll(TimeSpan now)
    {
        List<PeerId>? gone = null;
        foreach (PeerEntry entry in _peers.Values)
        {
            Expire(entry, now);
            if (entry.Pins == 0 && entry.Addresses.Count == 0 && now - entry.Seen > options.PeerLife) (gone ??= []).Add(entry.Id);
        }

        foreach (PeerId peer in gone ?? []) Remove(peer);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private TimeSpan LifeOf(AddressSource source) => source == AddressSource.Given ? options.ConfirmedLife : options.LearnedLife;

    /// <summary>The address without the peer's id; null when it is too long, another peer's, or nothing but the id.</summary>
    private Multiaddr? Normalize(PeerId peer, Multiaddr address)
    {
        if (peer == default || address.Bytes.Length > options.MaxAddressBytes) return null;
        if (address.PeerId is not { } named) return address;
        if (named != peer) return null;
        Multiaddr bare = address.WithoutPeerId();
        return bare.PeerId is null ? bare : null;
    }

    /// <summary>The entry of a peer, made where there is none. Null when there is no room.</summary>
    private PeerEntry? Open(PeerId peer, TimeSpan now, bool always = false)
    {
        if (!_peers.TryGetValue(peer, out PeerEntry? entry))
        {
            if (peer == default) throw new ArgumentException("The default peer id names nobody.", nameof(peer));
            if (_peers.Count >= options.MaxPeers) MakeRoom(now);
            if (_peers.Count >= options.MaxPeers && !always) return null;
            _peers.Add(peer, entry = new PeerEntry(peer));
        }

        Touch(entry, now);
        return entry;
    }

    private void Touch(PeerEntry entry, TimeSpan now)
    {
        Expire(entry, now);
        entry.Seen = now;
        Version++;
    }

    /// <summary>Drops those that were never connected before those that were, and the longest silent first.</summary>
    private void MakeRoom(TimeSpan now)
    {
        ExpireAll(now);
        if (_peers.Count < options.MaxPeers) return;
        List<PeerEntry> candidates = [.. _peers.Values.Where(e => e.Pins == 0).OrderBy(e => e.WasConnected).ThenBy(e => e.Seen)];
        foreach (PeerEntry entry in candidates.Take(Math.Max(1, options.MaxPeers / RoomShare))) Remove(entry.Id);
    }

    private void Expire(PeerEntry entry, TimeSpan now)
    {
        if (entry.Pins == 0 && entry.Addresses.RemoveAll(a => a.Until <= now) > 0) Version++;
    }

    /// <summary>Takes a peer's new list: what the same source said before and does not say now is dropped, unless it worked.</summary>
    private void Replace(PeerEntry entry, IReadOnlyList<Multiaddr> addresses, AddressSource source, TimeSpan now)
    {
        HashSet<Multiaddr> said = [];
        foreach (Multiaddr address in addresses)
            if (Normalize(entry.Id, address) is { } bare) said.Add(bare);
        entry.Addresses.RemoveAll(a => a.Source == source && a.LastSuccess is null && !said.Contains(a.Address));
        foreach (Multiaddr address in addresses)
            if (Normalize(entry.Id, address) is { } bare) Add(entry, bare, source, now + LifeOf(source), now);
    }

    private void Add(PeerEntry entry, Multiaddr address, AddressSource source, TimeSpan until, TimeSpan now, bool worked = false)
    {
        Version++;
        KnownAddress? known = entry.Find(address);
        if (known is null) entry.Addresses.Add(known = new KnownAddress(address, source, until, _order++));
        known.Until = Later(known.Until, until);
        if (source > known.Source) known.Source = source;
        if (worked)
        {
            known.LastSuccess = now;
            known.Failures = 0;
        }

        if (entry.Addresses.Count <= options.MaxAddressesPerPeer) return;

        // The worst goes; among equals that is the new one, so that a flood of inventions does not wash out what is there.
        entry.Addresses.Remove(entry.Addresses.MaxBy(a => a, Comparer<KnownAddress>.Create((a, b) => KnownAddress.Compare(a, b, now, options.FailureMemory)))!);
    }
}
