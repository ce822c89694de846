using System.Net;
using System.Net.Sockets;

namespace Shoal.Net.Simulation;

/// <summary>A computer on a <see cref="SimulatedNetwork"/>: the <see cref="INetwork"/> that a node under test is given.</summary>
public sealed class SimulatedHost : INetwork
{
    /// <summary>First port given to connections and listeners that ask for none (RFC 6335, dynamic ports).</summary>
    private const int FirstDynamicPort = 49152;

    private readonly List<SimulatedListener> _listeners = [];
    private readonly LinkedList<SimulatedConnection> _connections = [];
    private readonly IPAddress[] _addresses;
    private int _nextPort = FirstDynamicPort;

    internal SimulatedHost(SimulatedNetwork network, int index, string name, IPAddress[] addresses)
    {
        Network = network;
        Index = index;
        Name = name;
        _addresses = addresses;
    }

    /// <summary>As the trace calls it.</summary>
    public string Name { get; }

    /// <summary>The network it is on.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>Its addresses, without loopback.</summary>
    public IReadOnlyList<IPAddress> Addresses => _addresses;

    /// <summary>False between <see cref="GoDown"/> and <see cref="ComeUp"/>.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Connections that are open at this host, both directions.</summary>
    public int ConnectionCount => _connections.Count;

    /// <inheritdoc />
    public TimeProvider Time => Network.Time;

    internal int Index { get; }

    /// <inheritdoc />
    public IReadOnlyList<IPAddress> GetLocalAddresses() => [IPAddress.Loopback, IPAddress.IPv6Loopback, .. _addresses];

    /// <inheritdoc />
    public async ValueTask<NetConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        Network.Loop.CheckInRun("connecting");
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentOutOfRangeException.ThrowIfZero(remote.Port);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsUp) throw new NetworkException($"Cannot connect to {remote}: the host is down.", SocketError.NetworkDown);
        if (LocalAddressTowards(remote.Address) is not { } local)
            throw new NetworkException($"Cannot connect to {remote}: the host has no address of this family.", SocketError.NetworkUnreachable);

        SimulatedHost? target = IPAddress.IsLoopback(remote.Address) ? this : Network.FindHost(remote.Address);
        var attempt = new ConnectAttempt(this, new IPEndPoint(local, NextPort()), target, remote);
        return await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public NetListener Listen(IPEndPoint local)
    {
        Network.Loop.CheckThread("listening");
        ArgumentNullException.ThrowIfNull(local);
        if (!IsAny(local.Address) && !IPAddress.IsLoopback(local.Address) && Array.IndexOf(_addresses, local.Address) < 0)
            throw new NetworkException($"Cannot listen on {local}: the address is not this host's.", SocketError.AddressNotAvailable);
        if (local.Port == 0) local = new IPEndPoint(local.Address, NextPort());
        if (_listeners.Exists(l => Overlaps(l.LocalEndPoint, local)))
            throw new NetworkException($"Cannot listen on {local}: the address is taken.", SocketError.AddressAlreadyInUse);

        var listener = new SimulatedListener(this, local);
        _listeners.Add(listener);
        Network.Record(TraceDetail.Connections, Name, $"listens on {local}");
        return listener;
    }

    /// <summary>
    /// Takes the host off the network: its connections break, at its own end now and at the other ends a latency later, and nobody
    /// reaches it. What runs on it goes on, and listeners are reached again after <see cref="ComeUp"/>. For a host that falls
    /// silent without a word use <see cref="SimulatedNetwork.Cut"/>.
    /// </summary>
    public void GoDown()
    {
        Network.Loop.CheckThread("taking a host down");
        if (!IsUp) return;
        IsUp = false;
        Network.Record(TraceDetail.Connections, Name, "goes down");
        foreach (SimulatedConnection connection in _connections.ToArray()) connection.OnHostDown();
    }

    /// <summary>Brings the host back after <see cref="GoDown"/>, with its addresses and listeners.</summary>
    public void ComeUp()
    {
        Network.Loop.CheckThread("bringing a host up");
        if (IsUp) return;
        IsUp = true;
        Network.Record(TraceDetail.Connections, Name, "comes up");
        Network.Unblock();
    }

    /// <inheritdoc />
    public override string ToString() => Name;

    internal SimulatedListener? FindListener(IPEndPoint local) => _listeners.Find(l => Overlaps(l.LocalEndPoint, local));

    internal void Remove(SimulatedListener listener) => _listeners.Remove(listener);

    internal LinkedListNode<SimulatedConnection> Add(SimulatedConnection connection) => _connections.AddLast(connection);

    internal void Remove(LinkedListNode<SimulatedConnection> connection)
    {
        if (connection.List is not null) _connections.Remove(connection);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool Overlaps(IPEndPoint a, IPEndPoint b) =>
        a.Port == b.Port && a.AddressFamily == b.AddressFamily && (a.Address.Equals(b.Address) || IsAny(a.Address) || IsAny(b.Address));

    private IPAddress? LocalAddressTowards(IPAddress remote) =>
        IPAddress.IsLoopback(remote) || Array.IndexOf(_addresses, remote) >= 0
            ? remote
            : Array.Find(_addresses, a => a.AddressFamily == remote.AddressFamily);

    private int NextPort()
    {
        int port = _nextPort;
        _nextPort = port == IPEndPoint.MaxPort ? FirstDynamicPort : port + 1;
        return port;
    }
}
