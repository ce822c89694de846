using System.Text.Json;
using Shoal.Cli;
using Shoal.Cli.Commands;

namespace Shoal.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-cli-").FullName;

    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("--frobnicate")]
    [InlineData("ping")]
    [InlineData("ping", "nonsense")]
    [InlineData("ping", "/ip4/300.1.1.1/tcp/1")]
    [InlineData("ping", "/ip4/127.0.0.1/tcp/1", "-n", "0")]
    [InlineData("ping", "/ip4/127.0.0.1/tcp/1", "-n", "many")]
    [InlineData("ping", "/ip4/127.0.0.1/tcp/1", "too", "much")]
    [InlineData("identify")]
    [InlineData("perf", "/ip4/127.0.0.1/tcp/1", "--upload", "much")]
    [InlineData("node", "--listen", "nonsense")]
    [InlineData("node", "--listen")]
    [InlineData("chat", "--style", "baroque")]
    [InlineData("chat", "--nick", "***")]
    [InlineData("chat", "--room", "")]
    [InlineData("chat", "--connect", "127.0.0.1:4001")]
    [InlineData("chat", "hello")]
    [InlineData("pubsub")]
    [InlineData("pubsub", "sub")]
    [InlineData("pubsub", "pub", "topic", "text", "--wait", "-1")]
    [InlineData("key")]
    [InlineData("key", "show")]
    [InlineData("key", "new", "file", "--type", "secp256k1")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(params string[] args)
    {
        (int exitCode, TestConsole console) = await TestConsole.RunAsync(args);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Empty(console.Out);
        Assert.StartsWith("shoal: ", Assert.Single(console.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("--help`", console.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("chat")]
    [InlineData("node")]
    [InlineData("ping")]
    [InlineData("identify")]
    [InlineData("perf")]
    [InlineData("pubsub")]
    [InlineData("pubsub", "sub")]
    [InlineData("pubsub", "pub")]
    [InlineData("key")]
    [InlineData("key", "new")]
    [InlineData("key", "show")]
    public async Task Every_help_has_an_example_and_the_trace_flag(params string[] command)
    {
        (int exitCode, TestConsole console) = await TestConsole.RunAsync([.. command, "--help"]);
        Assert.Equal(ExitCode.Done, exitCode);
        Assert.Empty(console.Error);
        Assert.Contains("--trace", console.Out, StringComparison.Ordinal);
        string[] lines = console.OutLines;
        int examples = Array.IndexOf(lines, "Examples:");
        Assert.InRange(examples, 1, lines.Length - 2);
        Assert.Contains(string.Join(' ', ["shoal", .. command]), lines[examples + 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_the_whole_lists_every_command()
    {
        (_, TestConsole console) = await TestConsole.RunAsync("--help");
        foreach (string name in CommandLine.Names) Assert.Contains($"\n  {name} ", console.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", "--room", "--nick", "--listen", "--connect", "--bootstrap", "--identity", "--downloads", "--no-mdns", "--style", "--trace")]
    [InlineData("node", "--listen", "--connect", "--no-mdns", "--json", "--trace")]
    [InlineData("perf", "--upload", "--download", "--json", "--trace")]
    public async Task The_flags_are_there(string command, params string[] flags)
    {
        (_, TestConsole console) = await TestConsole.RunAsync(command, "--help");
        foreach (string flag in flags) Assert.Contains(flag, console.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        (int exitCode, TestConsole console) = await TestConsole.RunAsync("--version");
        Assert.Equal(ExitCode.Done, exitCode);
        Assert.Matches(@"^shoal \d+\.\d+\.\d+\n$", console.Out);
    }

    [Fact]
    public async Task A_key_is_made_shown_and_not_overwritten()
    {
        string file = Path.Combine(_folder, "key");
        (int made, TestConsole first) = await TestConsole.RunAsync("key", "new", file);
        (int shown, TestConsole second) = await TestConsole.RunAsync("key", "show", file);
        Assert.Equal((ExitCode.Done, ExitCode.Done), (made, shown));
        Assert.Equal(first.Out, second.Out);
        Assert.Contains("12D3Koo", first.Out, StringComparison.Ordinal);

        (_, TestConsole json) = await TestConsole.RunAsync("key", "show", file, "--json");
        JsonElement key = JsonElement.Parse(json.Out);
        Assert.Equal("Ed25519", key.GetProperty("type").GetString());
        Assert.Contains(key.GetProperty("peerId").GetString()!, first.Out, StringComparison.Ordinal);
        Assert.Equal(72, key.GetProperty("publicKey").GetString()!.Length);

        byte[] before = await File.ReadAllBytesAsync(file);
        (int again, TestConsole refused) = await TestConsole.RunAsync("key", "new", file);
        Assert.Equal(ExitCode.Failed, again);
        Assert.Contains("--force", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));

        (int forced, _) = await TestConsole.RunAsync("key", "new", file, "--force", "--type", "ecdsa");
        Assert.Equal(ExitCode.Done, forced);
        Assert.NotEqual(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_missing_key_file_is_one_line_and_exit_code_1()
    {
        (int exitCode, TestConsole console) = await TestConsole.RunAsync("key", "show", Path.Combine(_folder, "none"));
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Single(console.ErrorLines);
        Assert.Empty(console.Out);
    }

    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("2k", 2000)]
    [InlineData("2Ki", 2048)]
    [InlineData("1.5M", 1_500_000)]
    [InlineData("256Mi", 268_435_456)]
    [InlineData("1G", 1_000_000_000)]
    [InlineData("0", 0)]
    public void Bytes_have_units(string text, long bytes)
    {
        Assert.True(Flags.TryParseBytes(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("99999999999G")]
    public void Bad_bytes_are_refused(string text) => Assert.False(Flags.TryParseBytes(text, out _));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
