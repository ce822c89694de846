using System.Net;

namespace Shoal.Net;

/// <summary>
/// A raw, reliable byte connection: a TCP socket, its simulated twin, or two ends in memory.
/// </summary>
/// <remarks>
/// One receive and one send may be in flight at a time. There are no tokens on the hot calls: <see cref="Abort"/> ends
/// them at once, with a <see cref="NetworkException"/>.
/// </remarks>
public abstract class NetConnection : IAsyncDisposable
{
    /// <summary>Our end. Port 0 and address zero where the connection has no such thing.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>The other end. Port 0 and address zero where the connection has no such thing.</summary>
    public abstract IPEndPoint RemoteEndPoint { get; }

    /// <summary>Completes when bytes, an end of stream or an error are there to be received; holds no buffer meanwhile.</summary>
    public abstract ValueTask WaitForDataAsync();

    /// <summary>Receives at least one byte; 0 means that the other side has ended its direction.</summary>
    /// <exception cref="NetworkException">The connection broke or was aborted.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all bytes, or throws.</summary>
    /// <exception cref="NetworkException">The connection broke or was aborted.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends our direction after what was sent.</summary>
    public abstract void CompleteWrites();

    /// <summary>Drops the connection at once. Safe from any thread, any number of times.</summary>
    public abstract void Abort();

    /// <summary>Closes the connection; what was sent is still delivered where the system can.</summary>
    public abstract ValueTask DisposeAsync();
}
