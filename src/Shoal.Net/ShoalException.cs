namespace Shoal.Net;

/// <summary>Base of every exception that Shoal's libraries throw on purpose.</summary>
public abstract class ShoalException(string message, Exception? inner = null) : Exception(message, inner);
