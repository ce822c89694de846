#pragma warning disable CS0067
namespace Shoal.Libp2p;

/// <summary>Serves one inbound stream. When it returns, the stream is closed; when it throws, the stream is reset.</summary>
public delegate Task StreamHandler(Libp2pStream stream, CancellationToken cancellationToken);

/// <summary>
/// A libp2p peer: listens, dials, proves who it is, and runs protocols over streams.
/// </summary>
/// <remarks>Thread-safe. Events are raised on the thread that noticed; handlers must be quick and must not throw.</remarks>
public sealed class Libp2pNode : IAsyncDisposable
{
    private Libp2pNode()
    {
    }

    /// <summary>Starts a node: listens on the addresses of the options and serves identify and ping.</summary>
    /// <exception cref="Net.NetworkException">An address cannot be listened on.</exception>
    /// <exception cref="ArgumentException">An address is of a kind that this node has no transport for.</exception>
    public static Task<Libp2pNode> StartAsync(Libp2pOptions options, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Who we are.</summary>
    public PeerId Id => throw new NotImplementedException();

    /// <summary>Our key.</summary>
    internal PrivateKey Key => throw new NotImplementedException();

    /// <summary>The settings it was started with.</summary>
    public Libp2pOptions Options => throw new NotImplementedException();

    /// <summary>Clock and timers of the node's network.</summary>
    public TimeProvider Time => throw new NotImplementedException();

    /// <summary>Addresses that others can dial, each with our <c>/p2p/id</c>; unspecified addresses are expanded to the interfaces' own.</summary>
    public IReadOnlyList<Multiaddr> Addresses => throw new NotImplementedException();

    /// <summary>What is known of other peers.</summary>
    public PeerStore Peers => throw new NotImplementedException();

    /// <summary>Peers connected now.</summary>
    public IReadOnlyCollection<PeerId> ConnectedPeers => throw new NotImplementedException();

    /// <summary>Connections open now.</summary>
    public IReadOnlyCollection<Libp2pConnection> Connections => throw new NotImplementedException();

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
    public void Handle(string protocol, StreamHandler handler) => throw new NotImplementedException();

    /// <summary>Stops serving a protocol. Streams already open live on.</summary>
    public void Unhandle(string protocol) => throw new NotImplementedException();

    /// <summary>Connects, or gives the connection there is. The address names the peer, or any peer there is accepted.</summary>
    /// <exception cref="DialException">It could not be reached; the message says why, for each address tried.</exception>
    /// <exception cref="PeerIdentityException">Another peer answered there.</exception>
    public Task<Libp2pConnection> ConnectAsync(Multiaddr address, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Connects to a peer by its known addresses, or gives the connection there is.</summary>
    /// <exception cref="DialException">It has no known address, or none could be reached.</exception>
    public Task<Libp2pConnection> ConnectAsync(PeerId peer, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Opens a stream to a peer, connecting first where needed.</summary>
    /// <exception cref="ProtocolNotSupportedException">The peer does not speak the protocol.</exception>
    /// <exception cref="DialException">The peer could not be reached.</exception>
    public Task<Libp2pStream> OpenStreamAsync(PeerId peer, string protocol, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Opens a stream to the peer at an address, connecting first where needed.</summary>
    public Task<Libp2pStream> OpenStreamAsync(Multiaddr address, string protocol, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Closes all connections to a peer.</summary>
    public Task DisconnectAsync(PeerId peer) => throw new NotImplementedException();

    /// <summary>Tells the node of a peer that a discovery source found: remembers the addresses and raises <see cref="PeerDiscovered"/>.</summary>
    public void OnDiscovered(PeerId peer, IReadOnlyList<Multiaddr> addresses) => throw new NotImplementedException();

    /// <summary>Closes all connections with a goodbye and stops listening.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
