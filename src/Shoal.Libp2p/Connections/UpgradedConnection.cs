using Shoal.Libp2p.Muxing;

namespace Shoal.Libp2p.Connections;

/// <summary>A raw connection after security and muxing were agreed on.</summary>
/// <param name="RemotePeer">The peer, proven.</param>
/// <param name="RemoteKey">Its key.</param>
/// <param name="Security">As in <c>/noise</c>.</param>
/// <param name="Muxer">As in <c>/yamux/1.0.0</c>.</param>
/// <param name="Session">The muxer on it, not started yet.</param>
internal sealed record UpgradedConnection(PeerId RemotePeer, PublicKey RemoteKey, string Security, string Muxer, MuxerSession Session);
