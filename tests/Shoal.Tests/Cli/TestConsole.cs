using Shoal.Cli;

namespace Shoal.Tests.Cli;

/// <summary>Pipes in place of a terminal.</summary>
internal sealed class TestConsole : IDisposable
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    internal TestConsole(string input = "") => Console = new CliConsole { In = new StringReader(input), Out = _out, Error = _error };

    internal CliConsole Console { get; }

    internal string Out => _out.ToString();

    internal string Error => _error.ToString();

    internal string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
    }

    internal static async Task<(int ExitCode, TestConsole Console)> RunAsync(params string[] args)
    {
        var console = new TestConsole();
        return (await CommandLine.RunAsync(args, console.Console), console);
    }
}
