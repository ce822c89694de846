using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Discovery;

/// <summary>What discovery has to say.</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(EventId = 201, Level = LogLevel.Trace, Message = "mDNS: sent {Bytes} bytes out of {Interfaces} interfaces: {What}")]
    internal static partial void Sent(ILogger log, int bytes, int interfaces, string what);

    [LoggerMessage(EventId = 202, Level = LogLevel.Trace, Message = "mDNS: {Bytes} bytes from {Source}")]
    internal static partial void Received(ILogger log, int bytes, System.Net.IPEndPoint source);

    [LoggerMessage(EventId = 203, Level = LogLevel.Debug, Message = "mDNS: found {Peer} at {Addresses}")]
    internal static partial void Found(ILogger log, PeerId peer, string addresses);

    [LoggerMessage(EventId = 204, Level = LogLevel.Debug, Message = "mDNS: ignored a packet from {Source}: {Reason}")]
    internal static partial void Ignored(ILogger log, System.Net.IPEndPoint source, string reason);

    [LoggerMessage(EventId = 205, Level = LogLevel.Warning, Message = "mDNS cannot be used for {Group} now: {Reason}")]
    internal static partial void CannotJoin(ILogger log, System.Net.IPAddress group, string reason);

    [LoggerMessage(EventId = 206, Level = LogLevel.Debug, Message = "mDNS: {Reason}")]
    internal static partial void ReceiveFailed(ILogger log, string reason);

    [LoggerMessage(EventId = 207, Level = LogLevel.Error, Message = "mDNS stopped")]
    internal static partial void Stopped(ILogger log, Exception reason);

    [LoggerMessage(EventId = 210, Level = LogLevel.Trace, Message = "{Source}: connecting to {Target}")]
    internal static partial void Dialing(ILogger log, string source, string target);

    [LoggerMessage(EventId = 211, Level = LogLevel.Debug, Message = "{Source}: no connection to {Target}: {Reason}")]
    internal static partial void DialFailed(ILogger log, string source, string target, string reason);
}
