using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Muxing;

/// <summary>What yamux tells.</summary>
internal static partial class YamuxLog
{
    [LoggerMessage(EventId = 191, Level = LogLevel.Debug, Message = "the peer broke the yamux protocol: {Reason}")]
    internal static partial void ProtocolError(ILogger log, string reason);

    [LoggerMessage(EventId = 192, Level = LogLevel.Debug, Message = "stream {Stream} was reset: more than {Limit} bytes wait to be read")]
    internal static partial void UnreadLimit(ILogger log, uint stream, long limit);

    [LoggerMessage(EventId = 193, Level = LogLevel.Trace, Message = "the peer says goodbye: {Reason}")]
    internal static partial void GoAway(ILogger log, YamuxGoAway reason);
}
