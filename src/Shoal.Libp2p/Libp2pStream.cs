using Shoal.Net;

namespace Shoal.Libp2p;

/// <summary>A stream to a peer, of one protocol.</summary>
/// <remarks>Reads fail with <see cref="StreamResetException"/> after a reset and <see cref="ConnectionClosedException"/> when the connection went away.</remarks>
public abstract class Libp2pStream : DuplexStream
{
    private protected Libp2pStream()
    {
    }

    /// <summary>The protocol that was agreed on, as in <c>/echo/1.0.0</c>. Empty before.</summary>
    public string Protocol { get; internal set; } = "";

    /// <summary>The connection it runs on.</summary>
    public Libp2pConnection Connection { get; internal set; } = null!;

    /// <summary>The peer at the other end.</summary>
    public PeerId RemotePeer => Connection.RemotePeer;
}
