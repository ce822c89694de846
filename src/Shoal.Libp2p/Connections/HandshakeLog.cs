using System.Net;
using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Connections;

/// <summary>What a connection's handshakes tell.</summary>
internal static partial class HandshakeLog
{
    [LoggerMessage(EventId = 181, Level = LogLevel.Trace, Message = "proposing {Protocol} to {Remote}")]
    internal static partial void Proposing(ILogger log, string protocol, EndPoint remote);

    [LoggerMessage(EventId = 182, Level = LogLevel.Trace, Message = "agreed on {Protocol} with {Remote}")]
    internal static partial void Selected(ILogger log, string protocol, EndPoint remote);

    [LoggerMessage(EventId = 183, Level = LogLevel.Trace, Message = "{Remote} proved to be {Peer}; from here on everything is encrypted")]
    internal static partial void Secured(ILogger log, EndPoint remote, PeerId peer);

    [LoggerMessage(EventId = 184, Level = LogLevel.Trace, Message = "multiplexing with {Peer} by {Muxer}, agreed on in {Way}")]
    internal static partial void Muxed(ILogger log, PeerId peer, string muxer, string way);
}
