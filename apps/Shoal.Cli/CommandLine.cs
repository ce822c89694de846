using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Shoal.Chat.Text;
using Shoal.Cli.Commands;
using Shoal.Cli.Hosting;
using Shoal.Net;

namespace Shoal.Cli;

/// <summary>From arguments to an exit code.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, Func<CliConsole, Command>> Commands = new()
    {
        ["chat"] = console => new ChatCommand(console),
        ["node"] = console => new NodeCommand(console),
        ["ping"] = console => new PingCommand(console),
        ["identify"] = console => new IdentifyCommand(console),
        ["perf"] = console => new PerfCommand(console),
        ["pubsub"] = console => new PubsubCommand(console),
        ["key"] = console => new KeyCommand(console),
    };

    /// <summary>Names of the commands, in the order of the help.</summary>
    internal static IReadOnlyCollection<string> Names => Commands.Keys;

    internal static async Task<int> RunAsync(string[] args, CliConsole console)
    {
        if (args.Length == 0)
            return Fail(console, "nothing to do; name a command, as in `shoal chat` (`shoal --help` lists them)", ExitCode.Usage);

        ParseResult parse = Build(args, console).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction || (parse.Errors.Count > 0 && !IsHelp(parse)))
            return Fail(console, UsageError(parse), ExitCode.Usage);

        using var signals = new ExitSignals();
        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parse.InvokeAsync(configuration, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is CliException or ShoalException)
        {
            return Fail(console, Messages.Of(e), ExitCode.Failed);
        }
    }

    /// <summary>The tree of commands; only the one that is asked for, so that starting stays quick.</summary>
    private static RootCommand Build(string[] args, CliConsole console)
    {
        var root = new RootCommand("Peer-to-peer at the command line: chat, look into a network, measure it.");
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help) help.Action = new HelpWithExamples((HelpAction)help.Action!);
            else if (option is VersionOption version) version.Action = new PrintVersion(console);
        }

        root.Options.Add(Flags.Trace);
        if (Commands.TryGetValue(args[0], out Func<CliConsole, Command>? chosen)) root.Subcommands.Add(chosen(console));
        else foreach (Func<CliConsole, Command> create in Commands.Values) root.Subcommands.Add(create(console));
        return root;
    }

    private static bool IsHelp(ParseResult parse) => parse.Action is HelpWithExamples or PrintVersion;

    private static string UsageError(ParseResult parse)
    {
        var names = new List<string>();
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = command.Parent)
            if (command.Parent is not null) names.Insert(0, command.Command.Name);
        string what = names.Count == 0 ? "" : string.Join(' ', names) + ": ";
        return $"{what}{Problem(parse)}; see `{string.Join(' ', ["shoal", .. names])} --help`";
    }

    // The parser's own words, but for those that say too little.
    private static string Problem(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        if (parse.UnmatchedTokens.FirstOrDefault(t => t.StartsWith('-')) is { } option) return $"there is no option {option}";
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count > 0) return $"there is no command {parse.UnmatchedTokens[0]}";
        if (command.Subcommands.Count > 0 && command.Action is null) return $"name one of {string.Join(", ", command.Subcommands.Select(c => c.Name))}";
        if (parse.UnmatchedTokens.Count > 0) return $"{parse.UnmatchedTokens[0]} is too much here";
        foreach (Argument argument in command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && parse.GetResult(argument) is not { Tokens.Count: > 0 }) return $"{argument.Name} is missing";
        }

        return parse.Errors[0].Message.TrimEnd('.');
    }

    private static int Fail(CliConsole console, string message, int exitCode)
    {
        console.Error.WriteLine($"shoal: {SafeText.OneLine(message)}");
        return exitCode;
    }

    private sealed class PrintVersion(CliConsole console) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            console.Out.WriteLine($"shoal {Version.Text}");
            return ExitCode.Done;
        }
    }
}
