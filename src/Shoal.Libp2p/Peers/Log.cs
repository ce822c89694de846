using Microsoft.Extensions.Logging;

namespace Shoal.Libp2p.Peers;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "the peer file {Path} is damaged ({Reason}): set aside as {Aside}, going on with what could be read")]
    internal static partial void FileDamaged(ILogger log, string path, string reason, string aside);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot read the peer file {Path}: {Reason}; starting without known peers")]
    internal static partial void FileUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cannot write the peer file {Path}: {Reason}; known peers are kept in memory only")]
    internal static partial void FileNotWritten(ILogger log, string path, string reason);
}
