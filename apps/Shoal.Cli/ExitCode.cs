namespace Shoal.Cli;

/// <summary>How the command ends.</summary>
internal static class ExitCode
{
    /// <summary>Done; also a chat, a node or a subscription that the user ended with Ctrl-C.</summary>
    internal const int Done = 0;

    /// <summary>What was tried failed.</summary>
    internal const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>A measurement was cut short by Ctrl-C: 128 + SIGINT.</summary>
    internal const int Interrupted = 130;
}
