namespace Shoal.Libp2p.Muxing;

/// <summary>Many streams over one secured connection.</summary>
internal abstract class MuxerSession : IAsyncDisposable
{
    /// <summary>Starts reading. <paramref name="onStream"/> is called for each inbound stream, on the reading thread: it must return at once (start the handler, do not await it).</summary>
    internal abstract void Start(Action<Libp2pStream> onStream);

    /// <summary>Opens a stream without waiting for the peer.</summary>
    /// <exception cref="LimitExceededException">Too many streams, or too many the peer has not acknowledged.</exception>
    /// <exception cref="ConnectionClosedException">The session is over.</exception>
    internal abstract Libp2pStream OpenStream();

    /// <summary>Completes when the session is over; faults with the reason unless it ended in order.</summary>
    internal abstract Task Completion { get; }

    /// <summary>Streams open now, both directions.</summary>
    internal abstract int StreamCount { get; }

    /// <summary>Time of a round trip, by the muxer's own ping.</summary>
    internal abstract Task<TimeSpan> PingAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye, ends all streams, and closes the connection. Completes when all is released.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Drops the connection at once.</summary>
    internal abstract void Abort(Exception reason);
}
