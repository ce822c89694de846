namespace Shoal.Libp2p.Peers;

/// <summary>An address of a peer, who told it, and how dialing it went. Times count from the Unix epoch.</summary>
internal sealed class KnownAddress(Multiaddr address, AddressSource source, TimeSpan until, long order)
{
    internal Multiaddr Address { get; } = address;

    internal AddressSource Source { get; set; } = source;

    /// <summary>When it is forgotten, unless the peer is connected.</summary>
    internal TimeSpan Until { get; set; } = until;

    /// <summary>Grows with each new address: the earlier one wins a tie.</summary>
    internal long Order { get; } = order;

    /// <summary>When it was connected to last; null when never.</summary>
    internal TimeSpan? LastSuccess { get; set; }

    /// <summary>Failed dials since the last good one.</summary>
    internal int Failures { get; set; }

    internal TimeSpan LastFailure { get; set; }

    /// <summary>Says which address to dial first: few recent failures, then the latest success, then the better source, then the older one.</summary>
    internal static int Compare(KnownAddress a, KnownAddress b, TimeSpan now, TimeSpan failureMemory)
    {
        int order = a.RecentFailures(now, failureMemory).CompareTo(b.RecentFailures(now, failureMemory));
        if (order == 0) order = (b.LastSuccess ?? TimeSpan.MinValue).CompareTo(a.LastSuccess ?? TimeSpan.MinValue);
        if (order == 0) order = b.Source.CompareTo(a.Source);
        return order == 0 ? a.Order.CompareTo(b.Order) : order;
    }

    private int RecentFailures(TimeSpan now, TimeSpan memory) => now - LastFailure < memory ? Failures : 0;
}
