using System.Text;

namespace Shoal.Cli;

/// <summary>What the command reads from and writes to; a test brings its own.</summary>
internal sealed class CliConsole
{
    internal required TextReader In { get; init; }

    /// <summary>Results, and nothing else. Flushed after each line.</summary>
    internal required TextWriter Out { get; init; }

    /// <summary>Everything that is not a result.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>True when a person sits at both ends: keys can be read and lines be drawn again.</summary>
    internal bool IsInteractive { get; init; }

    /// <summary>True when standard error is a terminal.</summary>
    internal bool ErrorIsTerminal { get; init; }

    /// <summary>True when standard output is a terminal.</summary>
    internal bool OutIsTerminal { get; init; }

    /// <summary>False when the user does not want colours (no-color.org).</summary>
    internal bool Colours { get; init; }

    /// <summary>The process's own streams.</summary>
    internal static CliConsole System()
    {
        // Console.In blocks even when read asynchronously; a reader of our own does not.
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        bool dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new CliConsole
        {
            In = new StreamReader(Console.OpenStandardInput(), utf8),
            Out = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true }),
            Error = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true }),
            IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected && !dumb,
            ErrorIsTerminal = !Console.IsErrorRedirected && !dumb,
            OutIsTerminal = !Console.IsOutputRedirected && !dumb,
            Colours = !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        };
    }
}
