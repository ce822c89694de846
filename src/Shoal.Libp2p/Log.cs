using System.Net;
using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p;

/// <summary>What connections say of themselves.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Trace, Message = "proposing {Protocol} to {Remote}")]
    internal static partial void Proposing(ILogger log, string protocol, EndPoint remote);

    [LoggerMessage(EventId = 2, Level = LogLevel.Trace, Message = "agreed on {Protocol} with {Remote}")]
    internal static partial void Selected(ILogger log, string protocol, EndPoint remote);

    [LoggerMessage(EventId = 3, Level = LogLevel.Trace, Message = "{Remote} proved to be {Peer}; from here on everything is encrypted")]
    internal static partial void Secured(ILogger log, EndPoint remote, PeerId peer);

    [LoggerMessage(EventId = 4, Level = LogLevel.Trace, Message = "multiplexing with {Peer} by {Muxer}, agreed on in {Way}")]
    internal static partial void Muxed(ILogger log, PeerId peer, string muxer, string way);
}
