using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Cli.Hosting;

/// <summary>A node that only dials, connected to the one peer that a command is about.</summary>
internal sealed class PeerVisit : IAsyncDisposable
{
    private readonly RunningNode _running;

    private PeerVisit(RunningNode running, Libp2pConnection connection)
    {
        _running = running;
        Connection = connection;
    }

    internal Libp2pNode Node => _running.Node;

    internal Libp2pConnection Connection { get; }

    internal PeerId Peer => Connection.RemotePeer;

    /// <exception cref="CliException">The peer cannot be reached.</exception>
    internal static async Task<PeerVisit> ConnectAsync(
        Multiaddr address, bool trace, CliConsole console, CancellationToken cancellationToken, Action<Libp2pNode>? beforeConnect = null)
    {
        RunningNode running = await RunningNode.StartDialerAsync(trace, console, cancellationToken);
        try
        {
            beforeConnect?.Invoke(running.Node);
            return new PeerVisit(running, await running.Node.ConnectAsync(address, cancellationToken));
        }
        catch (Exception e)
        {
            await running.DisposeAsync();
            if (e is not (ShoalException or ArgumentException)) throw;
            string what = e is DialException ? Messages.Of(e) : $"cannot connect to {address}: {Messages.Of(e)}";
            string advice = e is PeerIdentityException ? "leave out the /p2p part to accept whoever is there" : "check the address, and that the peer runs";
            throw new CliException($"{what}; {advice}", e);
        }
    }

    public ValueTask DisposeAsync() => _running.DisposeAsync();
}
