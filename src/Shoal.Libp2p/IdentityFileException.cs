using Shoal.Net;

namespace Shoal.Libp2p;

/// <summary>A key file cannot be used. The message says what to do.</summary>
public sealed class IdentityFileException(string message, Exception? inner = null) : ShoalException(message, inner);
