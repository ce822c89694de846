using System.Net;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

/// <summary>Two ends of a TCP connection on this machine.</summary>
internal static class Loopback
{
    internal static async Task<(NetConnection Client, NetConnection Server)> ConnectAsync()
    {
        await using NetListener listener = SystemNetwork.Instance.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        ValueTask<NetConnection> accepting = listener.AcceptAsync(default);
        NetConnection client = await SystemNetwork.Instance.ConnectAsync(listener.LocalEndPoint, default);
        return (client, await accepting);
    }
}
