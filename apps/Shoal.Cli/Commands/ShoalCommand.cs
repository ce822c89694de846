using System.CommandLine;

namespace Shoal.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal abstract class ShoalCommand(CliConsole console, string name, string description, params string[] examples)
    : Command(name, description)
{
    /// <summary>Whole command lines, each with a word on what it does.</summary>
    internal IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Where the command reads and writes.</summary>
    protected CliConsole Console { get; } = console;
}
