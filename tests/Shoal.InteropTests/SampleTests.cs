using System.Diagnostics;

namespace Shoal.InteropTests;

/// <summary>The samples, run as their readers run them.</summary>
[Collection(ForeignProcesses.Name)]
public class SampleTests
{
    [Fact]
    public async Task The_echo_sample_says_hello()
    {
        var start = new ProcessStartInfo("dotnet", ["run", Path.Combine(Checkout.Root, "samples", "echo.cs")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, await errors + await output);
        Assert.Equal("Hello over Noise and yamux!", (await output).Trim());
    }
}
