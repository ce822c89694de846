using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Shoal.Net.Multicast;

/// <summary>
/// Membership in an IPv4 or IPv6 multicast group on every interface that is up, loopback included, over one UDP socket
/// that shares its port with other programs.
/// </summary>
/// <remarks>
/// One socket receives for all interfaces. To send out of each of them it is pointed at one after the other, which
/// keeps the group's port as the source port of everything sent: multicast DNS treats others as guests (RFC 6762,
/// section 6.7). Interfaces that refuse (loopback without an IPv6 multicast route, for one) are passed over.
/// </remarks>
public sealed class UdpMulticastGroup : IMulticastGroup
{
    /// <summary>Hops that a datagram may take. 255, so that receivers can tell that it came from their own link (RFC 6762, section 11).</summary>
    private const int TimeToLive = 255;

    private readonly Socket _socket;
    private readonly IPAddress _group;
    private readonly IPEndPoint _destination;
    private readonly IPEndPoint _anySource;
    private readonly Dictionary<int, IPAddress[]> _interfaces = [];
    private volatile HashSet<IPAddress> _ownAddresses = []; // Replaced as a whole: receiving runs beside updating.

    private UdpMulticastGroup(Socket socket, IPAddress group, int port)
    {
        _socket = socket;
        _group = group;
        _destination = new IPEndPoint(group, port);
        _anySource = new IPEndPoint(IsIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
    }

    /// <summary>Interfaces it is a member on, by their index.</summary>
    public IReadOnlyCollection<int> Interfaces => _interfaces.Keys;

    private bool IsIPv4 => _group.AddressFamily == AddressFamily.InterNetwork;

    private SocketOptionLevel Level => IsIPv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;

    /// <summary>Opens the port beside whoever has it already, and joins on all interfaces.</summary>
    /// <exception cref="NetworkException">The port is taken by a program that does not share it, or the host lacks the address family.</exception>
    public static UdpMulticastGroup Join(IPAddress group, int port)
    {
        ArgumentNullException.ThrowIfNull(group);
        Socket? socket = null;
        try
        {
            socket = new Socket(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            bool isIPv4 = group.AddressFamily == AddressFamily.InterNetwork;
            SocketOptionLevel level = isIPv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            if (!isIPv4) socket.DualMode = false;
            socket.ExclusiveAddressUse = false;
            // Sets SO_REUSEADDR, and SO_REUSEPORT where the system has it.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.SetSocketOption(level, SocketOptionName.PacketInformation, true);
            socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, TimeToLive);
            socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, true);
            socket.Bind(new IPEndPoint(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, port));
            var joined = new UdpMulticastGroup(socket, group, port);
            joined.UpdateInterfaces();
            return joined;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new NetworkException($"cannot share UDP port {port} for group {group}: {e.Message}", e.SocketErrorCode, e);
        }
    }

    /// <inheritdoc />
    public bool UpdateInterfaces()
    {
        Dictionary<int, IPAddress[]> found = FindInterfaces();
        foreach (int index in _interfaces.Keys.Where(i => !found.ContainsKey(i)).ToList()) _interfaces.Remove(index);

        bool isNew = false;
        foreach ((int index, IPAddress[] addresses) in found)
        {
            bool isMember = _interfaces.TryGetValue(index, out IPAddress[]? before);
            if (!isMember && !TryJoin(index)) continue;
            isNew |= before is null || addresses.Except(before).Any();
            _interfaces[index] = addresses;
        }

        _ownAddresses = [.. _interfaces.Values.SelectMany(a => a)];
        return isNew;
    }

    /// <inheritdoc />
    public async ValueTask<MulticastDatagram> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                SocketReceiveMessageFromResult received =
                    await _socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, _anySource, cancellationToken).ConfigureAwait(false);
                bool isWhole = (received.SocketFlags & SocketFlags.Truncated) == 0;
                if (!isWhole || !IsGroup(received.PacketInformation.Address)) continue;
                var source = (IPEndPoint)received.RemoteEndPoint;
                return new MulticastDatagram(received.ReceivedBytes, source, IsOwn(source.Address));
            }
        }
        catch (SocketException e)
        {
            throw new NetworkException($"cannot receive from group {_group}: {e.Message}", e.SocketErrorCode, e);
        }
        catch (ObjectDisposedException e)
        {
            throw new NetworkException($"the membership in group {_group} was given up", SocketError.Shutdown, e);
        }
    }

    /// <inheritdoc />
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        int sent = 0;
        foreach ((int index, IPAddress[] addresses) in _interfaces)
        {
            try
            {
                // IPv4 by address: by index alone, datagrams on loopback would bear another interface's source address, or none.
                if (IsIPv4) _socket.SetSocketOption(Level, SocketOptionName.MulticastInterface, addresses[0].GetAddressBytes());
                else _socket.SetSocketOption(Level, SocketOptionName.MulticastInterface, index);
                await _socket.SendToAsync(bytes, SocketFlags.None, _destination, cancellationToken).ConfigureAwait(false);
                sent++;
            }
            catch (SocketException)
            {
                // No way out of this interface, or it went away: the others matter as much.
            }
            catch (ObjectDisposedException)
            {
                return sent;
            }
        }

        return sent;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>True for the group, whatever scope the system adds to its address.</summary>
    private bool IsGroup(IPAddress address)
    {
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        return address.TryWriteBytes(left, out int n) && _group.TryWriteBytes(right, out int m) && left[..n].SequenceEqual(right[..m]);
    }

    private bool IsOwn(IPAddress address) => IPAddress.IsLoopback(address) || _ownAddresses.Contains(address);

    private bool TryJoin(int index)
    {
        try
        {
            if (IsIPv4) _socket.SetSocketOption(Level, SocketOptionName.AddMembership, new MulticastOption(_group, index));
            else _socket.SetSocketOption(Level, SocketOptionName.AddMembership, new IPv6MulticastOption(_group, index));
            return true;
        }
        catch (SocketException e)
        {
            // Still a member from before the interface went down and came back.
            return e.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }

    private Dictionary<int, IPAddress[]> FindInterfaces()
    {
        Dictionary<int, IPAddress[]> found = [];
        try
        {
            foreach (NetworkInterface one in NetworkInterface.GetAllNetworkInterfaces())
            {
                // Loopback and tunnels do not know whether they are up; they say Unknown.
                if (one.OperationalStatus is not (OperationalStatus.Up or OperationalStatus.Unknown)) continue;
                IPInterfaceProperties properties = one.GetIPProperties();
                IPAddress[] addresses = [.. properties.UnicastAddresses.Select(a => a.Address).Where(a => a.AddressFamily == _group.AddressFamily)];
                if (addresses.Length > 0) found[IndexOf(properties)] = addresses;
            }
        }
        catch (NetworkInformationException)
        {
            // An interface vanished while it was looked at; the next look sees the rest.
        }

        return found;
    }

    private int IndexOf(IPInterfaceProperties properties) =>
        IsIPv4 ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
}
