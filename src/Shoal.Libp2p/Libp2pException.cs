using Shoal.Net;

namespace Shoal.Libp2p;

/// <summary>Something between us and one peer went wrong.</summary>
public class Libp2pException(string message, Exception? inner = null) : ShoalException(message, inner);

/// <summary>No address of a peer could be connected to. The message lists each address with its reason.</summary>
public sealed class DialException(string message, Exception? inner = null) : Libp2pException(message, inner);

/// <summary>The peer speaks none of the protocols that were proposed.</summary>
public sealed class ProtocolNotSupportedException(string message) : Libp2pException(message);

/// <summary>The other side proved another identity than the one that was dialled, or none.</summary>
public sealed class PeerIdentityException(string message) : Libp2pException(message);

/// <summary>The connection is gone.</summary>
public sealed class ConnectionClosedException(string message, Exception? inner = null) : Libp2pException(message, inner);

/// <summary>The stream was reset, by the peer or by us.</summary>
public sealed class StreamResetException(string message, Exception? inner = null) : Libp2pException(message, inner);

/// <summary>One of our own limits was reached; the message names it.</summary>
public sealed class LimitExceededException(string message) : Libp2pException(message);
