using System.Net;

namespace Shoal.Net;

/// <summary>The world a node lives in: its sockets and its clock. The system's, or a simulated one.</summary>
public interface INetwork
{
    /// <summary>Clock and timers. Everything on this network takes its time from here.</summary>
    TimeProvider Time { get; }

    /// <summary>Opens a stream connection.</summary>
    /// <exception cref="NetworkException">Nobody listens there, or the way there is broken.</exception>
    ValueTask<NetConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken);

    /// <summary>Listens for stream connections. Port 0 takes any free port.</summary>
    /// <exception cref="NetworkException">The address is taken, or not ours.</exception>
    NetListener Listen(IPEndPoint local);

    /// <summary>Unicast addresses of this host's interfaces that are up, loopback included.</summary>
    IReadOnlyList<IPAddress> GetLocalAddresses();
}
