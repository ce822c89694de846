using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Shoal.InteropTests.Js;

/// <summary>Finds Node and installs js-libp2p, pinned by the lock file, beside <c>peer.mjs</c>. Done once per checkout; guarded between processes.</summary>
internal static class JsPackages
{
    /// <summary>Oldest Node that js-libp2p 3.3 runs on.</summary>
    private static readonly Version OldestNode = new(20, 20, 0);

    /// <summary>How long <c>npm ci</c> may take. It takes about 10 s.</summary>
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);

    private static readonly Lazy<string?> Problem = new(Prepare);

    /// <summary>Folder with <c>peer.mjs</c>, <c>package.json</c> and, once installed, <c>node_modules</c>.</summary>
    internal static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Shoal.InteropTests", "Js");

    /// <summary>Null when js peers can run here, after installing what they need; else why they cannot, in a sentence.</summary>
    internal static string? WhyNot => Problem.Value;

    private static string? Prepare()
    {
        string? version = Run("node", ["--version"], Folder, TimeSpan.FromSeconds(10)).Output?.Trim().TrimStart('v');
        if (version is null) return "Node is not installed (js-libp2p needs 20.20 or later).";
        if (!Version.TryParse(version, out Version? found) || found < OldestNode) return $"Node {version} is too old; js-libp2p needs {OldestNode.ToString(2)} or later.";

        // The lock file's hash inside node_modules says what is installed; npm ci removes it with the folder.
        string wanted = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, "package-lock.json"))));
        string stamp = Path.Combine(Folder, "node_modules", ".installed-from");
        using FileStream guard = Lock(Path.Combine(Checkout.Root, "tests", "Shoal.InteropTests", "obj", "js-packages.lock"));
        if (File.Exists(stamp) && File.ReadAllText(stamp) == wanted) return null;

        (string? output, string error) = Run("npm", ["ci", "--no-audit", "--no-fund"], Folder, InstallTimeout);
        if (output is null) return $"'npm ci' in tests/Shoal.InteropTests/Js failed: {error.Trim()}";
        File.WriteAllText(stamp, wanted);
        return null;
    }

    private static FileStream Lock(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start) < InstallTimeout)
            {
                Thread.Sleep(100); // Another process installs. Nothing tells when a file lock is free.
            }
        }
    }

    /// <summary>Output of a program that ended with 0; null output, and why, otherwise.</summary>
    private static (string? Output, string Error) Run(string program, string[] arguments, string folder, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(timeout))
            {
                process.Kill(entireProcessTree: true);
                return (null, $"no end within {timeout.TotalSeconds:0} s");
            }

            return process.ExitCode == 0 ? (output.GetAwaiter().GetResult(), "") : (null, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            return (null, e.Message);
        }
    }
}
