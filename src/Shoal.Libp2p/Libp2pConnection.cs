namespace Shoal.Libp2p;

/// <summary>Who began a connection.</summary>
public enum Direction
{
    /// <summary>The peer dialled us.</summary>
    Inbound,

    /// <summary>We dialled the peer.</summary>
    Outbound,
}

/// <summary>An encrypted, multiplexed connection to one peer.</summary>
public sealed class Libp2pConnection
{
    internal Libp2pConnection()
    {
    }

    /// <summary>The peer, proven by its key.</summary>
    public PeerId RemotePeer => throw new NotImplementedException();

    /// <summary>The peer's key.</summary>
    public PublicKey RemoteKey => throw new NotImplementedException();

    /// <summary>Where the peer is, without its id.</summary>
    public Multiaddr RemoteAddress => throw new NotImplementedException();

    /// <summary>Our end of it.</summary>
    public Multiaddr LocalAddress => throw new NotImplementedException();

    /// <summary>Who began it.</summary>
    public Direction Direction => throw new NotImplementedException();

    /// <summary>As in <c>/noise</c>.</summary>
    public string Security => throw new NotImplementedException();

    /// <summary>As in <c>/yamux/1.0.0</c>.</summary>
    public string Muxer => throw new NotImplementedException();

    /// <summary>Completes when the connection is gone; never faults.</summary>
    public Task Closed => throw new NotImplementedException();

    /// <summary>Opens a stream; the peer must speak one of the protocols, first choice first.</summary>
    /// <exception cref="ProtocolNotSupportedException">It speaks none of them.</exception>
    public Task<Libp2pStream> OpenStreamAsync(IReadOnlyList<string> protocols, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Says goodbye and closes; open streams end.</summary>
    public Task CloseAsync() => throw new NotImplementedException();
}
