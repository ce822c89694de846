using System.Net;
using System.Net.Sockets;

namespace Shoal.Net.Tcp;

/// <summary>A listening TCP socket.</summary>
internal sealed class TcpListener(Socket socket) : NetListener
{
    private readonly IPEndPoint _local = (IPEndPoint)socket.LocalEndPoint!;

    public override IPEndPoint LocalEndPoint => _local;

    public override async ValueTask<NetConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Socket accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    accepted.NoDelay = true;
                    return new TcpConnection(accepted);
                }
                catch (SocketException)
                {
                    accepted.Dispose(); // Gone before it was taken: the next one, please.
                }
            }
            catch (ObjectDisposedException)
            {
                throw new OperationCanceledException("The listener was closed.");
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                throw new OperationCanceledException("The listener was closed.", e);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // Gone before it was taken.
            }
            catch (SocketException e)
            {
                throw new NetworkException($"cannot accept on {_local}: {SystemNetwork.Words(e.SocketErrorCode)}", e.SocketErrorCode, e);
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
