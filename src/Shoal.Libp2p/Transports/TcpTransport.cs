using System.Net;
using Shoal.Net;

namespace Shoal.Libp2p.Transports;

/// <summary>TCP: <c>/ip4/…/tcp/…</c> and <c>/ip6/…/tcp/…</c> on a network, the system's or a simulated one.</summary>
internal sealed class TcpTransport(INetwork network) : ITransport
{
    public bool CanDial(Multiaddr address) => address.TryGetTcpEndPoint(out IPEndPoint? remote) && remote.Port != 0;

    public async Task<NetConnection> DialAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        if (!address.TryGetTcpEndPoint(out IPEndPoint? remote) || remote.Port == 0)
            throw new ArgumentException($"{address} is not an IP address and a TCP port to dial.", nameof(address));
        return await network.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
    }

    public bool CanListen(Multiaddr address) => address.TryGetTcpEndPoint(out _);

    public ITransportListener Listen(Multiaddr address)
    {
        if (!address.TryGetTcpEndPoint(out IPEndPoint? local))
            throw new ArgumentException($"{address} is not an IP address and a TCP port to listen on.", nameof(address));
        return new Listener(network.Listen(local));
    }

    private sealed class Listener(NetListener inner) : ITransportListener
    {
        public Multiaddr LocalAddress { get; } = Multiaddr.FromTcp(inner.LocalEndPoint);

        public async ValueTask<(NetConnection Connection, Multiaddr Remote)> AcceptAsync(CancellationToken cancellationToken)
        {
            NetConnection connection = await inner.AcceptAsync(cancellationToken).ConfigureAwait(false);
            return (connection, Multiaddr.FromTcp(connection.RemoteEndPoint));
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
