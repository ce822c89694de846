namespace Shoal.Net;

/// <summary>A peer sent bytes its protocol does not allow. Always the peer's fault, never ours.</summary>
public sealed class WireFormatException(string message, Exception? inner = null) : ShoalException(message, inner);
