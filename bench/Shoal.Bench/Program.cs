using Shoal.Bench;
using Shoal.Bench.Compare;
using Shoal.Bench.Crypto;
using Shoal.Bench.Node;

// Sub-commands, in the order of bench/README.md. Each is a program of its own: it prints figures and ends.
Dictionary<string, (string What, Func<string[], Task<int>> Run)> commands = new(StringComparer.Ordinal)
{
    ["compare"] = ("every row of docs/benchmarks.md, ours and js-libp2p in turn; --only ROW, --runs N", CompareCommand.RunAsync),
    ["listen"] = ("a listener for perf, connect, ping and memory; prints its address", ListenerBench.RunAsync),
    ["perf"] = ("bytes per second on one stream to ADDRESS; lines \"up\" or \"down\"", PerfBench.RunAsync),
    ["pipe"] = ("the same of a bare encrypt-frame-decrypt pipe; --listen, or ADDRESS", PipeBench.RunAsync),
    ["connect"] = ("new connections to ADDRESS per second, each with its first ping", ConnectBench.RunAsync),
    ["ping"] = ("round trips per second on one stream to ADDRESS", PingBench.RunAsync),
    ["memory"] = ("memory of idle connections to ADDRESS; lines \"open\" or \"read\"", IdleMemoryBench.RunAsync),
    ["gossip"] = ("signed gossipsub deliveries per second, 10 nodes in this process; --nodes=, --msgs=, --size=, --window=, --runs=, --sign=", args => Task.FromResult(GossipBench.Run(args))),
    ["micro"] = ("micro-benchmarks: arguments go to BenchmarkDotNet, as in --filter '*' --job short", MicroBench.RunAsync),
    ["crypto"] = ("micro-benchmarks of the cryptography; arguments as for micro", a => Task.FromResult(CryptoBench.Run(a))),
    ["dudect"] = ("looks for time that depends on secrets; --measurements N", a => Task.FromResult(Dudect.Run(a))),
};

if (args.Length > 0 && commands.TryGetValue(args[0], out var command)) return await command.Run(args[1..]);

Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Shoal.Bench -- COMMAND [ARGUMENTS]");
foreach ((string name, (string what, _)) in commands) Console.Error.WriteLine($"  {name,-10} {what}");
return 2;
