using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Muxing;

/// <summary>What muxers say of themselves.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 101, Level = LogLevel.Debug, Message = "the peer broke the yamux protocol: {Reason}")]
    internal static partial void ProtocolError(ILogger log, string reason);

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "stream {Stream} was reset: more than {Limit} bytes wait to be read")]
    internal static partial void UnreadLimit(ILogger log, uint stream, long limit);

    [LoggerMessage(EventId = 103, Level = LogLevel.Trace, Message = "the peer says goodbye: {Reason}")]
    internal static partial void GoAway(ILogger log, YamuxGoAway reason);
}
