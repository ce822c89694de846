using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Shoal.Net.Tcp;
using TcpListener = Shoal.Net.Tcp.TcpListener;

namespace Shoal.Net;

/// <summary>The operating system's sockets and clock.</summary>
public sealed class SystemNetwork : INetwork
{
    /// <summary>Connections that may wait to be accepted. Default: 512 (the system may take fewer).</summary>
    private const int Backlog = 512;

    private SystemNetwork()
    {
    }

    /// <summary>The one there is.</summary>
    public static SystemNetwork Instance { get; } = new();

    /// <inheritdoc />
    public TimeProvider Time => TimeProvider.System;

    /// <inheritdoc />
    public async ValueTask<NetConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remote);
        Socket? socket = null;
        try
        {
            socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            var connection = new TcpConnection(socket);
            socket = null;
            return connection;
        }
        catch (SocketException e)
        {
            throw new NetworkException($"cannot connect to {remote}: {Words(e.SocketErrorCode)}", e.SocketErrorCode, e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <inheritdoc />
    public NetListener Listen(IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // Otherwise [::]:port would also take the IPv4 port of the same number.
            if (local.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            if (!OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(local);
            socket.Listen(Backlog);
            var listener = new TcpListener(socket);
            socket = null;
            return listener;
        }
        catch (SocketException e)
        {
            throw new NetworkException($"cannot listen on {local}: {Words(e.SocketErrorCode)}", e.SocketErrorCode, e);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<IPAddress> GetLocalAddresses()
    {
        List<IPAddress> addresses = [];
        foreach (NetworkInterface face in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (face.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown)) continue;
            foreach (UnicastIPAddressInformation address in face.GetIPProperties().UnicastAddresses)
                if (!addresses.Contains(address.Address)) addresses.Add(address.Address);
        }
        return addresses;
    }

    /// <summary>A system error in a few words.</summary>
    internal static string Words(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused (nobody listens there)",
        SocketError.TimedOut => "timed out",
        SocketError.HostUnreachable => "no route to the host",
        SocketError.NetworkUnreachable => "no route to that network",
        SocketError.ConnectionReset => "connection reset by the peer",
        SocketError.AddressAlreadyInUse => "the address is already in use",
        SocketError.AddressNotAvailable => "not an address of this machine",
        SocketError.AddressFamilyNotSupported => "this machine has no such kind of address",
        SocketError.AccessDenied => "permission denied",
        SocketError.OperationAborted or SocketError.Interrupted => "the connection was aborted",
        SocketError.TooManyOpenSockets => "too many open files; raise the limit (ulimit -n)",
        _ => error.ToString(),
    };
}
