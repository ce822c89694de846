using Microsoft.Extensions.Logging;
using Shoal.Libp2p;

namespace Shoal.Chat;

internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Trace, Message = "chat: joined room {Room}, topic {Topic}")]
    internal static partial void Joined(ILogger log, string room, string topic);

    [LoggerMessage(EventId = 2, Level = LogLevel.Trace, Message = "chat: message of {Bytes} bytes to room {Room} handed to {Count} peers")]
    internal static partial void Sent(ILogger log, int bytes, string room, int count);

    [LoggerMessage(EventId = 3, Level = LogLevel.Trace, Message = "chat: message to room {Room} kept: {Reason}")]
    internal static partial void Kept(ILogger log, string room, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Trace, Message = "chat: message of {Bytes} bytes in room {Room} by {Peer}")]
    internal static partial void Heard(ILogger log, int bytes, string room, PeerId peer);

    [LoggerMessage(EventId = 5, Level = LogLevel.Debug, Message = "chat: message in room {Room} by {Peer} dropped: {Reason}")]
    internal static partial void Unreadable(ILogger log, string room, PeerId peer, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Trace, Message = "chat: direct message to {Peer} taken")]
    internal static partial void DirectSent(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 7, Level = LogLevel.Trace, Message = "chat: direct message from {Peer}")]
    internal static partial void DirectHeard(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 8, Level = LogLevel.Trace, Message = "chat: introduced ourselves to {Peer}")]
    internal static partial void Introduced(ILogger log, PeerId peer);

    [LoggerMessage(EventId = 9, Level = LogLevel.Debug, Message = "chat: {Peer} could not be told: {Reason}")]
    internal static partial void NotTold(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 10, Level = LogLevel.Trace, Message = "chat: file {Id} announced for {Peer}")]
    internal static partial void FileAnnounced(ILogger log, string id, PeerId peer);

    [LoggerMessage(EventId = 11, Level = LogLevel.Trace, Message = "chat: asking {Peer} for file {Id}")]
    internal static partial void FileAsked(ILogger log, PeerId peer, string id);

    [LoggerMessage(EventId = 12, Level = LogLevel.Trace, Message = "chat: sending {Bytes} bytes of file {Id} to {Peer}")]
    internal static partial void FileServed(ILogger log, long bytes, string id, PeerId peer);

    [LoggerMessage(EventId = 13, Level = LogLevel.Debug, Message = "chat: {Peer} asked for file {Id}, which is not for it")]
    internal static partial void FileRefused(ILogger log, PeerId peer, string id);

    [LoggerMessage(EventId = 14, Level = LogLevel.Trace, Message = "chat: told our addresses to {Count} peers")]
    internal static partial void Announced(ILogger log, int count);

    [LoggerMessage(EventId = 15, Level = LogLevel.Debug, Message = "chat: announcement of addresses by {Peer} dropped: {Reason}")]
    internal static partial void BadAnnouncement(ILogger log, PeerId peer, string reason);

    [LoggerMessage(EventId = 16, Level = LogLevel.Debug, Message = "chat: the reader of the events is slow, {Count} lost so far")]
    internal static partial void EventLost(ILogger log, long count);
}
