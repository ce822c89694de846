using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Shoal.Cli.Commands;

namespace Shoal.Cli;

/// <summary>The usual help, with examples below.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly string[] RootExamples =
    [
        "shoal chat --nick anna                           chat with everybody on this network",
        "shoal ping /ip4/127.0.0.1/tcp/4001               ask a peer whether it is there",
        "shoal node --listen /ip4/0.0.0.0/tcp/4001        be such a peer",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        IReadOnlyList<string> examples = parseResult.CommandResult.Command is ShoalCommand command ? command.Examples : RootExamples;
        output.WriteLine("Examples:");
        foreach (string example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return exitCode;
    }
}
