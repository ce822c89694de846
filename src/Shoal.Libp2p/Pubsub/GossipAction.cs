using Shoal.Libp2p.Pubsub.Messages;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Something that the core wants done.</summary>
internal abstract record GossipAction;

/// <summary>Send a message, as it is, to some peers.</summary>
/// <param name="To">To whom.</param>
/// <param name="Message">What.</param>
/// <param name="Own">True for a message of ours: it goes before those of others.</param>
internal sealed record SendMessage(IReadOnlyList<PeerId> To, GossipMessage Message, bool Own) : GossipAction;

/// <summary>Send an RPC without messages to a peer.</summary>
/// <param name="To">To whom.</param>
/// <param name="Rpc">What.</param>
/// <param name="Essential">False for gossip, which a busy peer can do without; subscriptions, GRAFT and PRUNE must arrive.</param>
internal sealed record SendControl(PeerId To, Rpc Rpc, bool Essential) : GossipAction;

/// <summary>Check a message's signature and ask the application's validators, then call <see cref="GossipsubCore.OnValidated"/>.</summary>
internal sealed record ValidateMessage(GossipMessage Message, PeerId From) : GossipAction;

/// <summary>Give a message to our subscribers of its topic.</summary>
internal sealed record DeliverMessage(GossipMessage Message, PeerId From) : GossipAction;

/// <summary>A connected peer joined or left a topic.</summary>
internal sealed record ReportSubscription(PeerId Peer, string Topic, bool Subscribed) : GossipAction;

/// <summary>Connect to a peer.</summary>
/// <param name="Peer">Which.</param>
/// <param name="SignedRecord">Where it is, by its own word; empty for an explicit peer, whose addresses are known.</param>
internal sealed record ConnectPeer(PeerId Peer, ReadOnlyMemory<byte> SignedRecord) : GossipAction;

/// <summary>Close the connection of a peer that breaks the rules.</summary>
internal sealed record DisconnectPeer(PeerId Peer, string Reason) : GossipAction;
