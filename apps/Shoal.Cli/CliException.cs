namespace Shoal.Cli;

/// <summary>What was tried failed. The message is one line: what was tried, what went wrong, what to do.</summary>
internal sealed class CliException(string message, Exception? inner = null) : Exception(message, inner);
