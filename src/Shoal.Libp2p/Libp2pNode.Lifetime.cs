using System.Reflection;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Dialing;
using Shoal.Libp2p.Protocols;
using Shoal.Libp2p.Transports;
using Shoal.Net;

namespace Shoal.Libp2p;

/// <content>How a node is put together and taken apart.</content>
public sealed partial class Libp2pNode
{
    private readonly ILogger _log;
    private readonly ProtocolTable _protocols = new();
    private readonly NodeAddresses _addresses;
    private readonly StreamServer _streams;
    private readonly ConnectionHost _host;
    private readonly KnownPeers _known;
    private readonly IdentifyService _identify;
    private readonly Dialer _dialer;
    private readonly ConnectionUpgrader _upgrader;
    private readonly IReadOnlyList<ITransport> _transports;
    private readonly List<InboundAcceptor> _acceptors = [];
    private readonly bool _ownsKey;
    private Housekeeping? _housekeeping;
    private readonly Announcement _disposed = new();
    private int _disposing;

    private Libp2pNode(Libp2pOptions options)
    {
        Options = options;
        INetwork network = options.Network ?? SystemNetwork.Instance;
        Time = network.Time;
        _ownsKey = options.Key is null;
        Key = options.Key ?? PrivateKey.Generate();
        Id = Key.PeerId;
        _log = options.LoggerFactory.CreateLogger<Libp2pNode>();

        _addresses = new NodeAddresses(Id, network);
        _streams = new StreamServer(_protocols, options.Streams, Time, _log);
        _host = new ConnectionHost(Id, options.Connections, new ConnectionServices(options.Streams, _streams, Time, _log));
        _known = new KnownPeers(new PeerStore(options.PeerStore, Time, options.LoggerFactory, options.PeerStoreFile), Time);
        var own = new OwnIdentity(Key, options.AgentVersion ?? DefaultAgentVersion, _protocols, _addresses, Time);
        _identify = new IdentifyService(own, _host, _known, _addresses, options.Identify, Time, _log);
        _transports = [new TcpTransport(network), new MemoryTransport()];
        _upgrader = new ConnectionUpgrader(Key, options.Yamux, Time, _log);
        _dialer = new Dialer(options.Dialing, options.Connections, _transports, options.Resolver ?? new SystemAddressResolver(new AddressResolverOptions(), Time), _upgrader, _host, Time, _log);
        Wire();
    }

    private static string DefaultAgentVersion { get; } = "shoal/" + (typeof(Libp2pNode).Assembly.GetName().Version?.ToString(3) ?? "0");

    /// <summary>Starts a node: listens on the addresses of the options and serves identify and ping.</summary>
    /// <exception cref="Net.NetworkException">An address cannot be listened on.</exception>
    /// <exception cref="ArgumentException">An address is of a kind that this node has no transport for.</exception>
    public static async Task<Libp2pNode> StartAsync(Libp2pOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var node = new Libp2pNode(options);
        try
        {
            await node._known.Store.LoadAsync(cancellationToken).ConfigureAwait(false);
            node.Listen(options.Listen);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes all connections with a goodbye and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
        {
            await _disposed.WaitAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _disposed.Make();
        }
    }

    private void Wire()
    {
        _protocols.Add(new ProtocolHandler(IdentifyService.Protocol, IdentifyService.MaxStreams, _identify.AnswerAsync));
        _protocols.Add(new ProtocolHandler(IdentifyService.PushProtocol, IdentifyService.MaxStreams, _identify.TakePushAsync));
        _protocols.Add(new ProtocolHandler(Ping.Protocol, Ping.MaxInboundStreams, Ping.AnswerAsync));
        _protocols.Changed += _identify.OnOwnChanged;

        _host.Opened += _known.OnOpened;
        _host.Opened += _identify.OnOpened;
        _dialer.Failed += _known.OnDialFailed;
        _host.PeerConnected += OnPeerConnected;
        _host.PeerDisconnected += OnPeerDisconnected;
        _identify.PeerIdentified += (peer, info) => PeerIdentified?.Invoke(peer, info);
        _identify.ObservedChanged += OnAddressesChanged;
    }

    private void Listen(IReadOnlyList<Multiaddr> addresses)
    {
        foreach (Multiaddr address in addresses)
        {
            ITransport transport = _transports.FirstOrDefault(t => t.CanListen(address))
                ?? throw new ArgumentException($"no transport listens on {address}; an address to listen on is like /ip4/0.0.0.0/tcp/4001 or /memory/name");
            _acceptors.Add(new InboundAcceptor(transport.Listen(address), _upgrader, _host, Options.Connections, Time, _log));
        }

        _addresses.SetListening(_acceptors.Select(a => a.LocalAddress.WithoutPeerId()));
        _housekeeping = new Housekeeping(Options.Connections, Time, OnHousekeeping);
        foreach (InboundAcceptor acceptor in _acceptors) acceptor.Start();
    }

    private void OnPeerConnected(Libp2pConnection connection)
    {
        _known.OnConnected(connection.RemotePeer);
        PeerConnected?.Invoke(connection);
    }

    private void OnPeerDisconnected(PeerId peer)
    {
        _known.OnDisconnected(peer);
        _identify.OnGone(peer);
        PeerDisconnected?.Invoke(peer);
    }

    private void OnAddressesChanged()
    {
        _identify.OnOwnChanged();
        _host.Events.Post(() => AddressesChanged?.Invoke());
        _host.Events.Raise();
    }

    private void OnHousekeeping()
    {
        _host.Sweep();
        _known.OnHousekeeping();
        if (_addresses.MayChange && _addresses.Refresh()) OnAddressesChanged();
    }

    /// <summary>Stops accepting and dialling, says goodbye, waits for handlers, and saves what is known of peers.</summary>
    private async Task CloseAsync()
    {
        if (_housekeeping is not null) await _housekeeping.DisposeAsync().ConfigureAwait(false);
        foreach (InboundAcceptor acceptor in _acceptors) await acceptor.DisposeAsync().ConfigureAwait(false);
        await _dialer.DisposeAsync().ConfigureAwait(false);
        await _host.CloseAsync().ConfigureAwait(false);
        if (!await _streams.Running.DrainAsync(Options.Connections.CloseTimeout, Time).ConfigureAwait(false))
            NodeLog.HandlersStillRun(_log, _streams.Running.Running, Options.Connections.CloseTimeout);
        await _identify.DisposeAsync().ConfigureAwait(false);
        await _known.DisposeAsync().ConfigureAwait(false);
        _upgrader.Dispose();
        if (_ownsKey) Key.Dispose();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposing) != 0, this);
}
