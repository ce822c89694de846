using BenchmarkDotNet.Running;

namespace Shoal.Bench.Crypto;

/// <summary>Runs the micro-benchmarks of the cryptography; arguments go to BenchmarkDotNet, as in <c>--filter '*Ed25519*' --job short</c>.</summary>
internal static class CryptoBench
{
    internal static int Run(string[] args)
    {
        Type[] benchmarks = [typeof(SignatureBenchmarks), typeof(AgreementBenchmarks), typeof(AeadBenchmarks), typeof(NoiseBenchmarks)];
        BenchmarkSwitcher.FromTypes(benchmarks).Run(args.Length > 0 ? args : ["--filter", "*"]);
        return 0;
    }
}
