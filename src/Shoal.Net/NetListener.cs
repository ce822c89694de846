using System.Net;

namespace Shoal.Net;

/// <summary>A listening socket.</summary>
public abstract class NetListener : IAsyncDisposable
{
    /// <summary>Where it listens, with the port that was chosen.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Waits for the next connection.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled or the listener disposed.</exception>
    public abstract ValueTask<NetConnection> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Stops listening. Connections already accepted live on.</summary>
    public abstract ValueTask DisposeAsync();
}
