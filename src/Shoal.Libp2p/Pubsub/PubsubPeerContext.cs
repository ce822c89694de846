using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>What a <see cref="PubsubPeer"/> knows of its surroundings.</summary>
/// <param name="Node">The node.</param>
/// <param name="Options">Limits.</param>
/// <param name="Log">Where it tells what it does.</param>
/// <param name="Inline">True on a simulated network: everything stays on one thread.</param>
/// <param name="Post">Runs something on the core's loop; false when that has ended.</param>
/// <param name="OnRpc">Takes an RPC, on the core's loop.</param>
/// <param name="OnReopened">Our stream is a new one; what was on the way on the old one may be lost.</param>
/// <param name="OnGivenUp">No stream to the peer can be had.</param>
internal sealed record PubsubPeerContext(
    Libp2pNode Node,
    GossipsubOptions Options,
    ILogger Log,
    bool Inline,
    Func<Action, bool> Post,
    Action<PubsubPeer, Rpc> OnRpc,
    Action<PubsubPeer> OnReopened,
    Action<PubsubPeer> OnGivenUp)
{
    /// <summary>An open connection to a peer, or null.</summary>
    internal Libp2pConnection? ConnectionTo(PeerId id) =>
        Node.Connections.FirstOrDefault(connection => connection.RemotePeer == id && !connection.Stopping.IsCancellationRequested);
}
