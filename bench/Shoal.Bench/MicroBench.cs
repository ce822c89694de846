using BenchmarkDotNet.Running;

namespace Shoal.Bench;

/// <summary>Runs the BenchmarkDotNet classes of this project.</summary>
internal static class MicroBench
{
    internal static Task<int> RunAsync(string[] args)
    {
        BenchmarkSwitcher.FromAssembly(typeof(MicroBench).Assembly).Run(args);
        return Task.FromResult(0);
    }
}
