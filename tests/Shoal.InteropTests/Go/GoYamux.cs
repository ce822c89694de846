using System.Diagnostics;

namespace Shoal.InteropTests.Go;

/// <summary>The yamux peer in Go: built once from <c>yamux.go</c>, against the library of Debian's package.</summary>
internal static class GoYamux
{
    private const string GoPath = "/usr/share/gocode";

    private static readonly Lazy<string> Program = new(Build);

    /// <summary>Why the tests cannot run, or null.</summary>
    internal static string? WhyNot =>
        Directory.Exists(Path.Combine(GoPath, "src/github.com/hashicorp/yamux")) && FindGo()
            ? null
            : "Go with hashicorp/yamux is not installed (apt-get install golang-go golang-github-hashicorp-yamux-dev)";

    /// <summary>Starts the peer.</summary>
    internal static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Program.Value, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static bool FindGo() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "go")));

    private static string Build()
    {
        if (WhyNot is { } reason) Assert.Fail(reason);
        string folder = Path.Combine(Checkout.Root, "tests", "Shoal.InteropTests");
        string program = Path.Combine(folder, "obj", "yamux-peer");
        var start = new ProcessStartInfo("go", ["build", "-o", program, Path.Combine(folder, "Go", "yamux.go")]) { RedirectStandardError = true };
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOPATH"] = GoPath;
        start.Environment["GOFLAGS"] = "";
        start.Environment["GOCACHE"] = Path.Combine(folder, "obj", "go-cache");
        using Process build = Process.Start(start)!;
        string errors = build.StandardError.ReadToEnd();
        build.WaitForExit();
        Assert.True(build.ExitCode == 0, $"cannot build the Go peer: {errors}");
        return program;
    }
}
