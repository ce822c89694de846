using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Dialing;
using Shoal.Libp2p.Protocols;

namespace Shoal.Libp2p;

/// <summary>Serves one inbound stream. When it returns, the stream is closed; when it throws, the stream is reset.</summary>
public delegate Task StreamHandler(Libp2pStream stream, CancellationToken cancellationToken);

/// <summary>
/// A libp2p peer: listens, dials, proves who it is, and runs protocols over streams.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Events are raised one after the other, in the order in which things happened, on the thread that
/// noticed; handlers must be quick and must not throw.</para>
/// <para>This class is the face; the work is done by <see cref="ConnectionHost"/> (who is connected), <see cref="Dialer"/>,
/// <see cref="InboundAcceptor"/>, <see cref="StreamServer"/> and <see cref="IdentifyService"/>, put together in
/// Libp2pNode.Lifetime.cs.</para>
/// </remarks>
/// <example><code>
/// await using var node = await Libp2pNode.StartAsync(new() { Listen = [Multiaddr.Parse("/ip4/0.0.0.0/tcp/4001")] });
/// node.Handle("/hello/1.0.0", async (stream, ct) => await stream.WriteAsync("hello"u8.ToArray(), ct));
/// </code></example>
public sealed partial class Libp2pNode : IAsyncDisposable
{
    /// <summary>Who we are.</summary>
    public PeerId Id { get; }

    /// <summary>Our key.</summary>
    internal PrivateKey Key { get; }

    /// <summary>The settings it was started with.</summary>
    public Libp2pOptions Options { get; }

    /// <summary>Clock and timers of the node's network.</summary>
    public TimeProvider Time { get; }

    /// <summary>Addresses that others can dial, each with our <c>/p2p/id</c>; unspecified addresses are expanded to the interfaces' own.</summary>
    public IReadOnlyList<Multiaddr> Addresses => _addresses.AllWithPeerId;

    /// <summary>What is known of other peers.</summary>
    public PeerStore Peers => _known.Store;

    /// <summary>Peers connected now.</summary>
    public IReadOnlyCollection<PeerId> ConnectedPeers => _host.Peers;

    /// <summary>Connections open now.</summary>
    public IReadOnlyCollection<Libp2pConnection> Connections => _host.All;

    /// <summary>The protocols that are served.</summary>
    public IReadOnlyCollection<string> Protocols => _protocols.Names;

    /// <summary>The first connection to a peer came up.</summary>
    public event Action<Libp2pConnection>? PeerConnected;

    /// <summary>The last connection to a peer is gone.</summary>
    public event Action<PeerId>? PeerDisconnected;

    /// <summary>A connected peer told its protocols and addresses, for the first time or again (push).</summary>
    public event Action<PeerId, IdentifyInfo>? PeerIdentified;

    /// <summary>A discovery source found a peer. See <see cref="OnDiscovered"/>.</summary>
    public event Action<PeerId, IReadOnlyList<Multiaddr>>? PeerDiscovered;

    /// <summary>The addresses of <see cref="Addresses"/> changed.</summary>
    public event Action? AddressesChanged;

    /// <summary>Serves a protocol from now on, and tells connected peers so.</summary>
    /// <exception cref="ArgumentException">The protocol has a handler already.</exception>
    public void Handle(string protocol, StreamHandler handler) => Handle(protocol, Options.Streams.MaxInboundPerProtocol, handler);

    /// <summary>Serves a protocol from now on, and tells connected peers so.</summary>
    /// <param name="protocol">As in <c>/echo/1.0.0</c>.</param>
    /// <param name="maxStreams">Inbound streams of it, open at once on one connection.</param>
    /// <param name="handler">Serves one stream.</param>
    /// <exception cref="ArgumentException">The protocol has a handler already.</exception>
    public void Handle(string protocol, int maxStreams, StreamHandler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(protocol);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxStreams, 1);
        ArgumentNullException.ThrowIfNull(handler);
        _protocols.Add(new ProtocolHandler(protocol, maxStreams, handler));
    }

    /// <summary>Stops serving a protocol. Streams already open live on.</summary>
    public void Unhandle(string protocol) => _protocols.Remove(protocol);

    /// <summary>Connects, or gives the connection there is. The address names the peer, or any peer there is accepted.</summary>
    /// <exception cref="DialException">It could not be reached; the message says why, for each address tried.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered there, or this node itself.</exception>
    /// <exception cref="LimitExceededException">There are too many connections; the message names the limit.</exception>
    public Task<Libp2pConnection> ConnectAsync(Multiaddr address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ThrowIfDisposed();
        if (address.PeerId is { } peer) return ConnectAsync(peer, [address], cancellationToken);
        foreach (Libp2pConnection connection in _host.All)
            if (connection.IsOpen && connection.Direction == Direction.Outbound && connection.RemoteAddress.Equals(address)) return Task.FromResult(connection);
        return _dialer.ConnectAsync(null, [address], cancellationToken);
    }

    /// <summary>Connects to a peer by its known addresses, or gives the connection there is.</summary>
    /// <exception cref="DialException">It has no known address, or none could be reached.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered there.</exception>
    /// <exception cref="LimitExceededException">There are too many connections; the message names the limit.</exception>
    public Task<Libp2pConnection> ConnectAsync(PeerId peer, CancellationToken cancellationToken = default) =>
        ConnectAsync(peer, _known.AddressesOf(peer), cancellationToken);

    /// <summary>Opens a stream to a peer, connecting first where needed.</summary>
    /// <exception cref="ProtocolNotSupportedException">The peer does not speak the protocol.</exception>
    /// <exception cref="DialException">The peer could not be reached.</exception>
    public async Task<Libp2pStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken = default) =>
        await OpenStreamAsync(await ConnectAsync(peer, cancellationToken).ConfigureAwait(false), protocol, cancellationToken).ConfigureAwait(false);

    /// <summary>Opens a stream to the peer at an address, connecting first where needed.</summary>
    /// <exception cref="ProtocolNotSupportedException">The peer does not speak the protocol.</exception>
    /// <exception cref="DialException">The peer could not be reached.</exception>
    public async Task<Libp2pStream> OpenStreamAsync(Multiaddr address, string protocol, CancellationToken cancellationToken = default) =>
        await OpenStreamAsync(await ConnectAsync(address, cancellationToken).ConfigureAwait(false), protocol, cancellationToken).ConfigureAwait(false);

    /// <summary>Closes all connections to a peer.</summary>
    public async Task DisconnectAsync(PeerId peer)
    {
        foreach (Libp2pConnection connection in _host.Of(peer))
            await connection.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Tells the node of a peer that a discovery source found: remembers the addresses and raises <see cref="PeerDiscovered"/>.</summary>
    public void OnDiscovered(PeerId peer, IReadOnlyList<Multiaddr> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (peer == Id) return;
        _known.OnDiscovered(peer, addresses);
        _host.Events.Post(() => PeerDiscovered?.Invoke(peer, addresses));
        _host.Events.Raise();
    }

    /// <summary>What a connected peer said of itself; null until it did.</summary>
    public IdentifyInfo? IdentityOf(PeerId peer) => _host.Preferred(peer)?.Identity;

    /// <summary>Opens one more connection to an address, whether there is one or not. For measurements.</summary>
    internal Task<Libp2pConnection> ConnectAnewAsync(Multiaddr address, CancellationToken cancellationToken = default) =>
        _dialer.ConnectAnewAsync(address, cancellationToken);

    private Task<Libp2pConnection> ConnectAsync(PeerId peer, IReadOnlyList<Multiaddr> addresses, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (peer == Id) throw new PeerIdentityException($"{peer} is this node itself; it does not connect to itself");
        return _host.Preferred(peer) is { } connection
            ? Task.FromResult(connection)
            : _dialer.ConnectAsync(peer, addresses, cancellationToken);
    }

    /// <summary>Opens a stream; when the connection turns out to be gone, connects once more.</summary>
    private async Task<Libp2pStream> OpenStreamAsync(Libp2pConnection connection, string protocol, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.OpenStreamAsync(protocol, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectionClosedException)
        {
            await connection.Closed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<Multiaddr> addresses = [.. _known.AddressesOf(connection.RemotePeer), .. RedialAddress(connection)];
        connection = await ConnectAsync(connection.RemotePeer, addresses, cancellationToken).ConfigureAwait(false);
        return await connection.OpenStreamAsync(protocol, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<Multiaddr> RedialAddress(Libp2pConnection connection) =>
        connection.Direction == Direction.Outbound ? [connection.RemoteAddress] : [];
}
