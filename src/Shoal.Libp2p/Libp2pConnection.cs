using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Muxing;

namespace Shoal.Libp2p;

/// <summary>An encrypted, multiplexed connection to one peer.</summary>
/// <remarks>
/// Thread-safe. It stays open until one of the two peers closes it, it breaks, or the muxer's keep-alive finds it dead;
/// see <see cref="ConnectionLimits.IdleTimeout"/> for another rule.
/// </remarks>
#pragma warning disable CA1001 // The token source has no timer and no handle: nothing to release.
public sealed class Libp2pConnection
#pragma warning restore CA1001
{
    private readonly ConnectionServices _services;
    private readonly UpgradedConnection _upgraded;
    private readonly Announcement _closed = new();
    private readonly Announcement _identified = new();
    private readonly CancellationTokenSource _stopping = new();
    private Exception? _notIdentified;
    private long _streamsOpened;
    private volatile bool _isClosing;

    internal Libp2pConnection(ConnectionServices services, UpgradedConnection upgraded, ConnectionEnds ends, long number, TimeSpan since)
    {
        (_services, _upgraded, Ends, Number, Since) = (services, upgraded, ends, number, since);
        Stopping = _stopping.Token;
    }

    /// <summary>The peer, proven by its key.</summary>
    public PeerId RemotePeer => _upgraded.RemotePeer;

    /// <summary>The peer's key.</summary>
    public PublicKey RemoteKey => _upgraded.RemoteKey;

    /// <summary>Where the peer is, without its id.</summary>
    public Multiaddr RemoteAddress => Ends.Remote;

    /// <summary>Our end of it.</summary>
    public Multiaddr LocalAddress => Ends.Local;

    /// <summary>Who began it.</summary>
    public Direction Direction => Ends.Direction;

    /// <summary>As in <c>/noise</c>.</summary>
    public string Security => _upgraded.Security;

    /// <summary>As in <c>/yamux/1.0.0</c>.</summary>
    public string Muxer => _upgraded.Muxer;

    /// <summary>Streams open now, both directions.</summary>
    public int StreamCount => _upgraded.Session.StreamCount;

    /// <summary>What the peer said of itself on this connection; null until it did.</summary>
    public IdentifyInfo? Identity { get; internal set; }

    /// <summary>Completes when the connection is gone; never faults. Each time a new task: to look only, use <see cref="IsOpen"/>.</summary>
    public Task Closed => _closed.WaitAsync();

    /// <summary>False once the connection is gone or going.</summary>
    public bool IsOpen => !_isClosing && !Stopping.IsCancellationRequested;

    /// <summary>Where its two ends are.</summary>
    internal ConnectionEnds Ends { get; }

    /// <summary>Counts the node's connections: greater is newer.</summary>
    internal long Number { get; }

    /// <summary>When it came up, on the node's clock.</summary>
    internal TimeSpan Since { get; }

    /// <summary>Inbound streams, counted.</summary>
    internal InboundStreams Inbound { get; } = new();

    /// <summary>Cancelled when the connection goes.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>Which edition of our own record the peer has: see <see cref="Protocols.IdentifyService"/>.</summary>
    internal long RecordSent { get; set; }

    /// <summary>Streams ever opened, both directions: when it stands still and <see cref="StreamCount"/> is 0, the connection is idle.</summary>
    internal long StreamsOpened => Interlocked.Read(ref _streamsOpened);

    /// <summary>Since when it is idle, by the last sweep; null when it was not.</summary>
    internal (long StreamsOpened, TimeSpan Since)? Idle { get; set; }

    internal MuxerSession Session => _upgraded.Session;

    /// <summary>Opens a stream; the peer must speak one of the protocols, first choice first.</summary>
    /// <exception cref="ProtocolNotSupportedException">It speaks none of them.</exception>
    /// <exception cref="ConnectionClosedException">The connection is gone.</exception>
    /// <exception cref="LimitExceededException">Too many streams are open.</exception>
    /// <exception cref="Libp2pException">The peer did not answer in time; see <see cref="StreamLimits.NegotiationTimeout"/>.</exception>
    /// <remarks>
    /// With a single protocol that the peer said it serves, this waits for nothing: the proposal travels with the first
    /// bytes written, and if the peer refuses after all, the first read fails with <see cref="ProtocolNotSupportedException"/>.
    /// </remarks>
    public async Task<Libp2pStream> OpenStreamAsync(IReadOnlyList<string> protocols, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        if (protocols.Count == 0) throw new ArgumentException("At least one protocol must be proposed.", nameof(protocols));
        cancellationToken.ThrowIfCancellationRequested();
        if (protocols.Count == 1 && IsKnownToServe(protocols[0])) return OpenLazily(protocols[0]);

        Libp2pStream stream = Open();
        try
        {
            using var timeout = new CancellationTokenSource(_services.Limits.NegotiationTimeout, _services.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                stream.Protocol = await MultistreamSelect.ProposeAsync(stream, protocols, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new Libp2pException(
                    $"{RemotePeer} did not answer to {string.Join(", ", protocols)} within {_services.Limits.NegotiationTimeout.TotalSeconds:0.###} s ({nameof(StreamLimits)}.{nameof(StreamLimits.NegotiationTimeout)})");
            }

            NodeLog.StreamOpened(_services.Log, stream.Protocol, RemotePeer);
            return stream;
        }
        catch (Exception e)
        {
            stream.Abort();
            if (e is ProtocolNotSupportedException) NodeLog.ProtocolRefused(_services.Log, RemotePeer, protocols);
            throw;
        }
    }

    /// <summary>Opens a stream; the peer must speak the protocol.</summary>
    /// <inheritdoc cref="OpenStreamAsync(IReadOnlyList{string}, CancellationToken)"/>
    public Task<Libp2pStream> OpenStreamAsync(string protocol, CancellationToken cancellationToken = default) =>
        OpenStreamAsync([protocol], cancellationToken);

    /// <summary>Waits for the peer to say who it is, or gives what it said already.</summary>
    /// <exception cref="Libp2pException">It did not, or not in time, or the connection went away.</exception>
    public async Task<IdentifyInfo> IdentifyAsync(CancellationToken cancellationToken = default)
    {
        if (Identity is { } known) return known;
        await _identified.WaitAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return Identity ?? throw new Libp2pException($"{RemotePeer} did not say who it is: {_notIdentified?.Message}", _notIdentified);
    }

    /// <summary>Says goodbye and closes; open streams end.</summary>
    public async Task CloseAsync()
    {
        _isClosing = true;
        await Session.DisposeAsync().ConfigureAwait(false);
        await Closed.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override string ToString() => $"{RemotePeer} at {RemoteAddress} ({Direction})";

    /// <summary>Opens a stream of a protocol that the peer is taken to serve, without waiting for anything.</summary>
    internal Libp2pStream OpenLazily(string protocol)
    {
        Libp2pStream stream = Open();
        stream.Protocol = protocol;
        MultistreamSelect.ProposeLazily(stream, protocol);
        NodeLog.StreamOpened(_services.Log, protocol, RemotePeer);
        return stream;
    }

    /// <summary>Starts the muxer's reading.</summary>
    internal void Start() => Session.Start(OnStream);

    /// <summary>The question to the peer who it is was answered, or not, and why not.</summary>
    internal void OnIdentified(Exception? failure)
    {
        _notIdentified = failure;
        _identified.Make();
    }

    /// <summary>Drops the connection at once.</summary>
    internal void Abort(Exception reason)
    {
        _isClosing = true;
        Session.Abort(reason);
    }

    /// <summary>Cancels what runs on the connection; the node calls this when the session is over.</summary>
    internal void OnOver() => _stopping.Cancel();

    /// <summary>Completes <see cref="Closed"/>, when everybody was told.</summary>
    internal void OnClosed() => _closed.Make();

    private Libp2pStream Open()
    {
        Libp2pStream stream = Session.OpenStream();
        stream.Connection = this;
        Interlocked.Increment(ref _streamsOpened);
        return stream;
    }

    private void OnStream(Libp2pStream stream)
    {
        Interlocked.Increment(ref _streamsOpened);
        _services.Streams.OnStream(this, stream);
    }

    private bool IsKnownToServe(string protocol)
    {
        if (Identity is not { } identity) return false;
        for (int i = 0; i < identity.Protocols.Count; i++)
            if (string.Equals(identity.Protocols[i], protocol, StringComparison.Ordinal)) return true;
        return false;
    }
}
