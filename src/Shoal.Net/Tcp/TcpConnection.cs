using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Shoal.Net.Tcp;

/// <summary>A TCP socket. Allocates nothing per call.</summary>
internal sealed class TcpConnection : NetConnection
{
    private readonly Socket _socket;

    internal TcpConnection(Socket socket)
    {
        _socket = socket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        RemoteEndPoint = (IPEndPoint)socket.RemoteEndPoint!;
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override ValueTask WaitForDataAsync()
    {
        // A receive of no bytes waits without a buffer: an idle connection holds none.
        ValueTask<int> wait;
        try
        {
            wait = _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return ValueTask.FromException(Translate(e));
        }
        if (!wait.IsCompletedSuccessfully) return AwaitReadyAsync(wait);
        _ = wait.Result;
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        ValueTask<int> receive;
        try
        {
            receive = _socket.ReceiveAsync(buffer, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return ValueTask.FromException<int>(Translate(e));
        }
        return receive.IsCompletedSuccessfully ? receive : AwaitReceiveAsync(receive);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        ValueTask<int> send;
        try
        {
            send = _socket.SendAsync(bytes, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return ValueTask.FromException(Translate(e));
        }
        if (!send.IsCompletedSuccessfully) return AwaitSendAsync(send, bytes);
        int sent = send.Result;
        return sent == bytes.Length ? ValueTask.CompletedTask : AwaitSendAsync(new ValueTask<int>(sent), bytes);
    }

    public override void CompleteWrites()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already gone: the reader learns it.
        }
    }

    public override void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0); // Reset instead of an orderly end.
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already gone.
        }
        _socket.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitReadyAsync(ValueTask<int> wait)
    {
        try
        {
            await wait.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            throw Translate(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitReceiveAsync(ValueTask<int> receive)
    {
        try
        {
            return await receive.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            throw Translate(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitSendAsync(ValueTask<int> send, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            int sent = await send.ConfigureAwait(false);
            while (sent < bytes.Length) sent += await _socket.SendAsync(bytes[sent..], SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            throw Translate(e);
        }
    }

    private NetworkException Translate(Exception e)
    {
        SocketError error = e is SocketException s ? s.SocketErrorCode : SocketError.OperationAborted;
        return new NetworkException($"connection to {RemoteEndPoint}: {SystemNetwork.Words(error)}", error, e);
    }
}
