using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Dialing;

/// <summary>An address that could not be connected to, and why.</summary>
internal readonly record struct DialFailure(Multiaddr Address, Exception Reason);

/// <summary>
/// The order and the pace in which one peer's addresses are dialled (RFC 8305, "happy eyeballs"). Dials nothing itself.
/// </summary>
/// <remarks>
/// Each address gets a head start over the next; a failure ends the head start at once. Addresses may be added on the way.
/// Not thread-safe. Time is an argument.
/// </remarks>
internal sealed class DialPlan(DialOptions options)
{
    private readonly HashSet<Multiaddr> _known = [];
    private readonly List<DialFailure> _failures = [];
    private List<Multiaddr> _fresh = [];
    private int _inFlight;
    private TimeSpan _nextAt = TimeSpan.MinValue;

    /// <summary>What failed so far, in the order of failing.</summary>
    internal IReadOnlyList<DialFailure> Failures => _failures;

    /// <summary>True when every address has failed and none is left.</summary>
    internal bool IsExhausted => _inFlight == 0 && _fresh.Count == 0;

    /// <summary>When to call <see cref="TryNext"/> again if nothing fails first; null when only outcomes are waited for.</summary>
    internal TimeSpan? NextDeadline => _fresh.Count > 0 && _inFlight < options.ParallelPerPeer ? _nextAt : null;

    /// <summary>Adds addresses that are not there yet, as many as the limit allows, and ranks all that were not dialled yet.</summary>
    internal void Add(IEnumerable<Multiaddr> addresses)
    {
        bool added = false;
        foreach (Multiaddr address in AddressRank.Order(addresses))
        {
            if (_known.Count >= options.MaxAddresses) break;
            if (!_known.Add(address)) continue;
            _fresh.Add(address);
            added = true;
        }

        if (added) _fresh = AddressRank.Order(_fresh);
    }

    /// <summary>Gives the next address to dial, or false: wait for an outcome or the deadline.</summary>
    internal bool TryNext(TimeSpan now, [MaybeNullWhen(false)] out Multiaddr address)
    {
        address = null;
        if (_fresh.Count == 0 || _inFlight >= options.ParallelPerPeer) return false;
        if (_inFlight > 0 && now < _nextAt) return false;

        address = _fresh[0];
        _fresh.RemoveAt(0);
        _inFlight++;
        _nextAt = now + options.HeadStart;
        return true;
    }

    /// <summary>Notes that an address given by <see cref="TryNext"/> could not be connected to: the next one need not wait.</summary>
    internal void OnFailure(Multiaddr address, Exception reason)
    {
        _inFlight--;
        _nextAt = TimeSpan.MinValue;
        _failures.Add(new DialFailure(address, reason));
    }

    /// <summary>Notes that an address stands for nothing that could be dialled: a name without addresses, a transport that we lack.</summary>
    internal void OnUnusable(Multiaddr address, Exception reason)
    {
        if (_known.Count >= options.MaxAddresses || !_known.Add(address)) return;
        _failures.Add(new DialFailure(address, reason));
    }
}
