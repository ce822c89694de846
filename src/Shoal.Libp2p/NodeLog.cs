using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p;

/// <summary>What a node tells: each protocol step at Trace, in plain words; peers that misbehave at Debug.</summary>
internal static partial class NodeLog
{
    // Listening and connections

    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "listening on {Address}")]
    internal static partial void Listening(ILogger log, Multiaddr address);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "accepting on {Address} failed, going on: {Reason}")]
    internal static partial void AcceptFailed(ILogger log, Multiaddr address, string reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Trace, Message = "{Remote} connects")]
    internal static partial void Accepted(ILogger log, Multiaddr remote);

    [LoggerMessage(EventId = 103, Level = LogLevel.Debug, Message = "connection from {Remote} refused: {Reason}")]
    internal static partial void InboundRefused(ILogger log, Multiaddr remote, string reason);

    [LoggerMessage(EventId = 104, Level = LogLevel.Debug, Message = "handshake with {Remote} failed: {Reason}")]
    internal static partial void InboundFailed(ILogger log, Multiaddr remote, string reason);

    [LoggerMessage(EventId = 111, Level = LogLevel.Debug, Message = "handshake with {Remote} not finished in time: ConnectionLimits.{Limit} of {Value}")]
    internal static partial void InboundTimedOut(ILogger log, Multiaddr remote, string limit, TimeSpan value);

    [LoggerMessage(EventId = 105, Level = LogLevel.Trace, Message = "connected to {Peer} at {Remote} ({Direction}), upgraded with {Security} + {Muxer}")]
    internal static partial void Connected(ILogger log, PeerId peer, Multiaddr remote, Direction direction, string security, string muxer);

    [LoggerMessage(EventId = 106, Level = LogLevel.Trace, Message = "connection to {Peer} at {Remote} is over: {Reason}")]
    internal static partial void Disconnected(ILogger log, PeerId peer, Multiaddr remote, string reason);

    [LoggerMessage(EventId = 107, Level = LogLevel.Debug, Message = "closing the connection to {Peer} at {Remote}: no stream for {Idle} ({Limit})")]
    internal static partial void ClosingIdle(ILogger log, PeerId peer, Multiaddr remote, TimeSpan idle, string limit);

    [LoggerMessage(EventId = 108, Level = LogLevel.Error, Message = "a subscriber of the node's events failed")]
    internal static partial void EventHandlerFailed(ILogger log, Exception e);

    [LoggerMessage(EventId = 109, Level = LogLevel.Warning, Message = "{Count} stream handlers did not end within {Bound}")]
    internal static partial void HandlersStillRun(ILogger log, int count, TimeSpan bound);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "the peer store was not saved: {Reason}")]
    internal static partial void PeerStoreNotSaved(ILogger log, string reason);

    // Dialing

    [LoggerMessage(EventId = 120, Level = LogLevel.Trace, Message = "dialling {Address}")]
    internal static partial void Dialling(ILogger log, Multiaddr address);

    [LoggerMessage(EventId = 121, Level = LogLevel.Trace, Message = "{Address} answered, agreeing on security and muxer")]
    internal static partial void DialAnswered(ILogger log, Multiaddr address);

    [LoggerMessage(EventId = 122, Level = LogLevel.Trace, Message = "dialling {Address} failed: {Reason}")]
    internal static partial void DialFailed(ILogger log, Multiaddr address, string reason);

    [LoggerMessage(EventId = 123, Level = LogLevel.Trace, Message = "{Name} stands for {Count} addresses")]
    internal static partial void Resolved(ILogger log, Multiaddr name, int count);

    [LoggerMessage(EventId = 124, Level = LogLevel.Trace, Message = "{Peer} is being dialled already, joining in")]
    internal static partial void DialJoined(ILogger log, PeerId? peer);

    // Streams

    [LoggerMessage(EventId = 140, Level = LogLevel.Trace, Message = "stream of {Protocol} opened to {Peer}")]
    internal static partial void StreamOpened(ILogger log, string protocol, PeerId peer);

    [LoggerMessage(EventId = 141, Level = LogLevel.Trace, Message = "{Peer} refused {Protocols}")]
    internal static partial void ProtocolRefused(ILogger log, PeerId peer, IReadOnlyList<string> protocols);

    [LoggerMessage(EventId = 142, Level = LogLevel.Trace, Message = "stream of {Protocol} accepted from {Peer}")]
    internal static partial void StreamAccepted(ILogger log, string protocol, PeerId peer);

    [LoggerMessage(EventId = 143, Level = LogLevel.Debug, Message = "{Peer} opened too many streams {Protocol}: the limit {Limit} of {Value} is reached")]
    internal static partial void StreamRefused(ILogger log, PeerId peer, string protocol, string limit, int value);

    [LoggerMessage(EventId = 144, Level = LogLevel.Trace, Message = "{Peer} ended a stream before a protocol was agreed on")]
    internal static partial void NoProtocolAgreed(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 145, Level = LogLevel.Debug, Message = "{Peer} did not choose a protocol in time: StreamLimits.{Limit} of {Value}")]
    internal static partial void NegotiationTimedOut(ILogger log, PeerId peer, string limit, TimeSpan value);

    [LoggerMessage(EventId = 146, Level = LogLevel.Trace, Message = "stream from {Peer} was lost before a protocol was agreed on: {Reason}")]
    internal static partial void StreamLost(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 147, Level = LogLevel.Debug, Message = "stream of {Protocol} with {Peer} ended early: {Reason}")]
    internal static partial void HandlerEnded(ILogger log, string protocol, PeerId peer, string reason);

    [LoggerMessage(EventId = 148, Level = LogLevel.Error, Message = "the handler of {Protocol} failed on a stream from {Peer}; the stream was reset")]
    internal static partial void HandlerFailed(ILogger log, string protocol, PeerId peer, Exception e);

    // Identify

    [LoggerMessage(EventId = 160, Level = LogLevel.Trace, Message = "identify received from {Peer}: {Agent}, {Protocols} protocols, {Addresses} addresses, sees us at {Observed}")]
    internal static partial void Identified(ILogger log, PeerId peer, string agent, int protocols, int addresses, Multiaddr? observed);

    [LoggerMessage(EventId = 161, Level = LogLevel.Debug, Message = "{Peer} did not say who it is: {Reason}")]
    internal static partial void NotIdentified(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 162, Level = LogLevel.Trace, Message = "identify sent to {Peer}")]
    internal static partial void IdentifySent(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 163, Level = LogLevel.Trace, Message = "identify pushed to {Peer}")]
    internal static partial void IdentifyPushed(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 164, Level = LogLevel.Debug, Message = "pushing identify to {Peer} failed: {Reason}")]
    internal static partial void PushFailed(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 165, Level = LogLevel.Debug, Message = "{Peer} broke the identify protocol and is dropped: {Reason}")]
    internal static partial void IdentifyBroken(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 166, Level = LogLevel.Debug, Message = "others see us at {Addresses}")]
    internal static partial void Observed(ILogger log, IReadOnlyList<Multiaddr> addresses);
}
