using System.Net;
using Shoal.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>The addresses that others can dial this node at: its listeners', with unspecified ones expanded, and those that others see.</summary>
internal sealed class NodeAddresses(PeerId self, INetwork network)
{
    private readonly Lock _sync = new();
    private Multiaddr[] _listening = [];
    private IReadOnlyList<Multiaddr> _observed = [];
    private Multiaddr[] _all = [];

    /// <summary>The addresses, without our peer id.</summary>
    internal IReadOnlyList<Multiaddr> All { get; private set; } = [];

    /// <summary>The addresses, each with our peer id.</summary>
    internal IReadOnlyList<Multiaddr> AllWithPeerId => _all;

    /// <summary>True when a listener stands for all interfaces, whose addresses may change.</summary>
    internal bool MayChange { get; private set; }

    /// <summary>Sets where the listeners are.</summary>
    internal void SetListening(IEnumerable<Multiaddr> addresses)
    {
        lock (_sync)
        {
            _listening = [.. addresses];
            MayChange = _listening.Any(a => a.TryGetTcpEndPoint(out IPEndPoint? e) && IsUnspecified(e.Address));
        }

        Refresh();
    }

    /// <summary>Sets where others see us.</summary>
    /// <returns>True when <see cref="All"/> changed.</returns>
    internal bool SetObserved(IReadOnlyList<Multiaddr> addresses)
    {
        lock (_sync) _observed = addresses;
        return Refresh();
    }

    /// <summary>True when one of the listeners has this TCP port: then an address at which others see us can be dialled.</summary>
    internal bool IsListeningPort(int port)
    {
        lock (_sync) return _listening.Any(a => a.TryGetTcpEndPoint(out IPEndPoint? e) && e.Port == port);
    }

    /// <summary>Looks at the interfaces again.</summary>
    /// <returns>True when <see cref="All"/> changed.</returns>
    internal bool Refresh()
    {
        IReadOnlyList<IPAddress> local = MayChange ? network.GetLocalAddresses() : [];
        lock (_sync)
        {
            List<Multiaddr> all = [.. _listening.SelectMany(a => Expand(a, local)).Concat(_observed).Distinct()];
            if (all.SequenceEqual(All)) return false;
            All = all;
            _all = [.. all.Select(a => a.WithPeerId(self))];
            return true;
        }
    }

    private static IEnumerable<Multiaddr> Expand(Multiaddr listening, IReadOnlyList<IPAddress> local)
    {
        if (!listening.TryGetTcpEndPoint(out IPEndPoint? end) || !IsUnspecified(end.Address)) return [listening];
        // Link-local IPv6 addresses mean nothing without an interface's name, which differs from host to host.
        return local
            .Where(ip => ip.AddressFamily == end.AddressFamily && !ip.IsIPv6LinkLocal)
            .Select(ip => Multiaddr.FromTcp(new IPEndPoint(ip, end.Port)));
    }

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
