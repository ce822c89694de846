using System.Net;
using Shoal.Libp2p.Connections;

namespace Shoal.Libp2p.Protocols;

/// <summary>
/// Where others say they see us. An address is believed once enough of them, on different hosts, agree.
/// </summary>
/// <remarks>
/// Bounded by the connections there are: each peer has one say at a time, and loses it when it goes. Whoever makes up many
/// peers on one host still has one vote. Not thread-safe.
/// </remarks>
internal sealed class ObservedAddresses(int observers)
{
    /// <summary>Hosts that must agree before an address is believed. Default: 4 (go-libp2p, ActivationThresh).</summary>
    internal const int DefaultObservers = 4;

    /// <summary>Addresses believed at once; those with the most observers. Default: 3 for each transport and family in go-libp2p; 8 in all here.</summary>
    internal const int MaxBelieved = 8;

    private readonly Dictionary<PeerId, (Multiaddr Address, HostKey Host)> _says = [];
    private readonly Dictionary<Multiaddr, Dictionary<HostKey, int>> _observers = [];

    /// <summary>The addresses believed, most observed first.</summary>
    internal IReadOnlyList<Multiaddr> Believed { get; private set; } = [];

    /// <summary>Notes what a peer says, in place of what it said before.</summary>
    /// <returns>True when <see cref="Believed"/> changed.</returns>
    internal bool OnObserved(PeerId peer, IPAddress peerAddress, Multiaddr observed)
    {
        HostKey host = HostKey.Of(peerAddress);
        if (_says.TryGetValue(peer, out var before))
        {
            if (before.Address.Equals(observed) && before.Host == host) return false;
            Withdraw(before.Address, before.Host);
        }

        _says[peer] = (observed, host);
        if (!_observers.TryGetValue(observed, out Dictionary<HostKey, int>? hosts)) _observers[observed] = hosts = [];
        hosts[host] = hosts.GetValueOrDefault(host) + 1;
        return Recount();
    }

    /// <summary>Forgets what a peer said.</summary>
    /// <returns>True when <see cref="Believed"/> changed.</returns>
    internal bool OnGone(PeerId peer)
    {
        if (!_says.Remove(peer, out var said)) return false;
        Withdraw(said.Address, said.Host);
        return Recount();
    }

    private void Withdraw(Multiaddr address, HostKey host)
    {
        if (!_observers.TryGetValue(address, out Dictionary<HostKey, int>? hosts)) return;
        int left = hosts.GetValueOrDefault(host) - 1;
        if (left > 0) hosts[host] = left;
        else hosts.Remove(host);
        if (hosts.Count == 0) _observers.Remove(address);
    }

    private bool Recount()
    {
        List<Multiaddr> believed = [.. _observers
            .Where(o => o.Value.Count >= observers)
            .OrderByDescending(o => o.Value.Count)
            .ThenBy(o => o.Key.ToString(), StringComparer.Ordinal)
            .Take(MaxBelieved)
            .Select(o => o.Key)];
        if (believed.SequenceEqual(Believed)) return false;
        Believed = believed;
        return true;
    }
}
