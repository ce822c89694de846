using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Pubsub;

/// <summary>What pubsub tells of itself.</summary>
internal static partial class PubsubLog
{
    [LoggerMessage(EventId = 301, Level = LogLevel.Trace, Message = "{Peer} speaks {Protocol}")]
    internal static partial void PeerThere(ILogger log, PeerId peer, PubsubProtocol protocol);

    [LoggerMessage(EventId = 302, Level = LogLevel.Trace, Message = "opened a {Protocol} stream to {Peer}")]
    internal static partial void StreamOpened(ILogger log, string protocol, PeerId peer);

    [LoggerMessage(EventId = 303, Level = LogLevel.Debug, Message = "pubsub stream to {Peer} failed: {Reason}")]
    internal static partial void StreamFailed(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 304, Level = LogLevel.Debug, Message = "gave up pubsub with {Peer}: no stream to it can be opened")]
    internal static partial void PeerGivenUp(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 305, Level = LogLevel.Trace, Message = "{Peer} {Change} topic {Topic}")]
    internal static partial void SubscriptionHeard(ILogger log, PeerId peer, string change, string topic);

    [LoggerMessage(EventId = 306, Level = LogLevel.Trace, Message = "message of {Author} in {Topic} with {Bytes} bytes came by {Peer}")]
    internal static partial void MessageDelivered(ILogger log, PeerId? author, string topic, int bytes, PeerId peer);

    [LoggerMessage(EventId = 307, Level = LogLevel.Trace, Message = "sending a message in {Topic} with {Bytes} bytes to {Peers} peers")]
    internal static partial void MessageSent(ILogger log, string topic, int bytes, int peers);

    [LoggerMessage(EventId = 308, Level = LogLevel.Trace, Message = "sending control to {Peer}: {Grafts} graft, {Prunes} prune, {Haves} ihave, {Wants} iwant, {DontWants} idontwant, {Subscriptions} subscriptions")]
    internal static partial void ControlSent(ILogger log, PeerId peer, int grafts, int prunes, int haves, int wants, int dontWants, int subscriptions);

    [LoggerMessage(EventId = 309, Level = LogLevel.Debug, Message = "message from {Peer} in {Topic} is dropped: {Verdict}")]
    internal static partial void MessageInvalid(ILogger log, PeerId peer, string topic, MessageVerdict verdict);

    [LoggerMessage(EventId = 310, Level = LogLevel.Debug, Message = "closing the connection to {Peer}: {Reason}")]
    internal static partial void PeerExpelled(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 311, Level = LogLevel.Debug, Message = "{Peer} does not take what is sent to it: control was dropped")]
    internal static partial void PeerStuck(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 312, Level = LogLevel.Debug, Message = "could not connect to {Peer}, which a peer or the settings named: {Reason}")]
    internal static partial void ConnectFailed(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 313, Level = LogLevel.Error, Message = "validator of topic {Topic} failed; the message is ignored")]
    internal static partial void ValidatorFailed(ILogger log, string topic, Exception error);

    [LoggerMessage(EventId = 314, Level = LogLevel.Error, Message = "a handler of a pubsub event, or pubsub itself, failed")]
    internal static partial void LoopFailed(ILogger log, Exception error);
}
