using System.Net;

namespace Shoal.Net.Simulation;

/// <summary>
/// A network in memory on a virtual clock: hosts, latency, loss, partitions and churn, all decided by one seed.
/// </summary>
/// <remarks>
/// Everything runs on one thread, inside <see cref="Run(Func{Task}, TimeSpan?)"/> and <see cref="RunFor"/>; hours of virtual time
/// pass as fast as the code under test runs. That code takes its time and timers from <see cref="Time"/> and never moves
/// to another thread; a use of the network from another thread while a run is under way throws an
/// <see cref="InvalidOperationException"/> and fails the run. <c>docs/learn/simulated-network.md</c> shows how to use it.
/// </remarks>
public sealed class SimulatedNetwork
{
    /// <summary>Virtual time after which <see cref="Run(Func{Task}, TimeSpan?)"/> gives up unless told otherwise. Default: 1 hour.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromHours(1);

    private readonly EventLoop _loop;
    private readonly Random _random;
    private readonly List<SimulatedHost> _hosts = [];
    private readonly Dictionary<IPAddress, SimulatedHost> _byAddress = [];
    private readonly Dictionary<(int, int), LinkOptions> _links = [];
    private readonly HashSet<(int, int)> _cuts = [];
    private readonly List<SimulatedPath> _blocked = [];
    private readonly LinkOptions _loopback;
    private long _connections;

    /// <summary>Makes a network without hosts.</summary>
    /// <param name="seed">Decides everything that is left to chance.</param>
    /// <param name="options">Latency, loss and limits. Default: 20 ms one way, nothing lost.</param>
    public SimulatedNetwork(int seed, SimulatedNetworkOptions? options = null)
    {
        Options = options ?? new SimulatedNetworkOptions();
        Options.Validate();
        Seed = seed;
        _random = new Random(seed);
        _loop = new EventLoop(seed, Options.StackBytes);
        _loopback = new LinkOptions { Latency = Options.LoopbackLatency };
        Time = new SimulatedTime(_loop, Options.Start);
        Trace = new SimulationTrace(Options.TraceDetail, Options.TraceEntries);
    }

    /// <summary>What the run depends on.</summary>
    public int Seed { get; }

    /// <summary>The settings it was made with.</summary>
    public SimulatedNetworkOptions Options { get; }

    /// <summary>The virtual clock, the same for all hosts.</summary>
    public SimulatedTime Time { get; }

    /// <summary>What happened so far.</summary>
    public SimulationTrace Trace { get; }

    /// <summary>The hosts, in the order in which they were added.</summary>
    public IReadOnlyList<SimulatedHost> Hosts => _hosts;

    internal EventLoop Loop => _loop;

    /// <summary>Adds a host. Without an address it gets the next one of 10.0.0.0/8, starting with 10.0.0.1.</summary>
    /// <exception cref="ArgumentException">An address belongs to another host, or is no address of a single host.</exception>
    public SimulatedHost AddHost(params IPAddress[] addresses) => AddHost(null, addresses);

    /// <summary>Adds a host whose name appears in the trace.</summary>
    /// <exception cref="ArgumentException">An address belongs to another host, or is no address of a single host.</exception>
    public SimulatedHost AddHost(string? name, params IPAddress[] addresses)
    {
        _loop.CheckThread("adding a host");
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Length == 0) addresses = [NextAddress()];
        foreach (IPAddress address in addresses)
        {
            if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                throw new ArgumentException($"{address} is no address of a single host.", nameof(addresses));
            if (_byAddress.TryGetValue(address, out SimulatedHost? owner))
                throw new ArgumentException($"{address} belongs to host {owner.Name}.", nameof(addresses));
        }

        var host = new SimulatedHost(this, _hosts.Count, name ?? addresses[0].ToString(), [.. addresses]);
        foreach (IPAddress address in addresses) _byAddress.Add(address, host);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Sets what the way between two hosts is like, both directions. Counts for what is sent from now on.</summary>
    public void SetLink(SimulatedHost a, SimulatedHost b, LinkOptions options)
    {
        _loop.CheckThread("setting a link");
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _links[Pair(a, b)] = options;
    }

    /// <summary>
    /// Cuts all ways between two sets of hosts. What is sent over a cut waits: it arrives after <see cref="Heal"/>, or the
    /// sender's connection breaks after <see cref="SimulatedNetworkOptions.GiveUpAfter"/>.
    /// </summary>
    public void Cut(IEnumerable<SimulatedHost> a, IEnumerable<SimulatedHost> b) => ChangeCuts(a, b, cut: true);

    /// <summary>Undoes <see cref="Cut"/> between two sets of hosts.</summary>
    public void Heal(IEnumerable<SimulatedHost> a, IEnumerable<SimulatedHost> b)
    {
        ChangeCuts(a, b, cut: false);
        Unblock();
    }

    /// <summary>Undoes all cuts.</summary>
    public void HealAll()
    {
        _loop.CheckThread("healing");
        _cuts.Clear();
        Record(TraceDetail.Connections, "", "healed all cuts");
        Unblock();
    }

    /// <summary>
    /// Lets hosts go down and come up at random from now on, each on its own, starting up. Dispose the result to end it; hosts
    /// that are down then stay down.
    /// </summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="meanUp">Mean time that a host is up; exponentially distributed.</param>
    /// <param name="meanDown">Mean time that a host is down; exponentially distributed.</param>
    public IDisposable StartChurn(IEnumerable<SimulatedHost> hosts, TimeSpan meanUp, TimeSpan meanDown)
    {
        _loop.CheckThread("starting churn");
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(meanUp, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(meanDown, TimeSpan.Zero);
        return new Churn(this, hosts, meanUp, meanDown);
    }

    /// <summary>A source of chance for one's own code: the same for the same seed and stream, and apart from the network's own.</summary>
    /// <param name="stream">Tells sources apart.</param>
    public Random CreateRandom(int stream) => new(unchecked((Seed * 486_187_739) ^ ((stream + 1) * (int)0x9E3779B1)));

    /// <summary>Writes into the trace.</summary>
    /// <param name="host">Where; null for the network as a whole.</param>
    /// <param name="text">What happened. Nothing that differs from run to run, as random keys do.</param>
    public void Note(SimulatedHost? host, string text)
    {
        _loop.CheckThread("noting");
        ArgumentNullException.ThrowIfNull(text);
        Record(TraceDetail.Notes, host?.Name ?? "", text);
    }

    /// <summary>Runs a scenario on the simulation's thread, and blocks until it is done.</summary>
    /// <param name="scenario">What happens. Awaits whatever lives on this network and its clock, and nothing else.</param>
    /// <param name="limit">Most virtual time that it may take. Default: <see cref="DefaultLimit"/>.</param>
    /// <exception cref="SimulationException">The scenario threw, cannot progress, took longer than the limit, or left the thread. The message names the seed.</exception>
    /// <exception cref="InvalidOperationException">A run is under way.</exception>
    public void Run(Func<Task> scenario, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        _loop.Run(scenario, limit ?? DefaultLimit);
    }

    /// <summary>Runs a scenario that has a result.</summary>
    /// <inheritdoc cref="Run(Func{Task}, TimeSpan?)"/>
    public T Run<T>(Func<Task<T>> scenario, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        Task<T>? task = null;
        _loop.Run(() => task = scenario(), limit ?? DefaultLimit);
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>Lets virtual time pass, and with it whatever was left going by earlier runs.</summary>
    /// <exception cref="SimulationException">Something threw, or left the thread. The message names the seed.</exception>
    public void RunFor(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        _loop.RunFor(time);
    }

    internal void Record(TraceDetail detail, string host, string what)
    {
        if (detail <= Trace.Detail) Trace.Add(Time.Elapsed, host, what);
    }

    internal SimulatedHost? FindHost(IPAddress address) => _byAddress.GetValueOrDefault(address);

    internal LinkOptions LinkBetween(SimulatedHost a, SimulatedHost b) =>
        a == b ? _loopback : _links.GetValueOrDefault(Pair(a, b), Options.Link);

    /// <summary>True when something sent from one host arrives at the other now.</summary>
    internal bool IsOpen(SimulatedHost a, SimulatedHost b) => a.IsUp && b.IsUp && !IsCut(a, b);

    internal bool IsCut(SimulatedHost a, SimulatedHost b) => _cuts.Count > 0 && _cuts.Contains(Pair(a, b));

    /// <summary>Time that a piece needs from one host to the other, drawn anew, in ticks.</summary>
    internal long DrawLatency(LinkOptions link)
    {
        if (link.Jitter == TimeSpan.Zero) return link.Latency.Ticks;
        double factor = link.JitterShape == JitterShape.Uniform ? 2 * _random.NextDouble() : DrawExponential();
        return link.Latency.Ticks + (long)(factor * link.Jitter.Ticks);
    }

    internal double DrawExponential() => -Math.Log(1 - _random.NextDouble());

    internal double DrawDouble() => _random.NextDouble();

    internal long NextConnectionNumber() => ++_connections;

    /// <summary>Remembers a path that waits for a cut to heal or a host to come up.</summary>
    internal void AddBlocked(SimulatedPath path) => _blocked.Add(path);

    internal void RemoveBlocked(SimulatedPath path) => _blocked.Remove(path);

    /// <summary>Lets paths go on that are open again.</summary>
    internal void Unblock()
    {
        foreach (SimulatedPath path in _blocked.ToArray())
            if (IsOpen(path.From, path.To)) path.Resume();
    }

    private void ChangeCuts(IEnumerable<SimulatedHost> a, IEnumerable<SimulatedHost> b, bool cut)
    {
        _loop.CheckThread(cut ? "cutting" : "healing");
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        SimulatedHost[] left = [.. a], right = [.. b];
        foreach (SimulatedHost one in left)
            foreach (SimulatedHost other in right)
                if (one == other) continue;
                else if (cut) _cuts.Add(Pair(one, other));
                else _cuts.Remove(Pair(one, other));
        string sides = $"{string.Join(' ', left.Select(h => h.Name))} | {string.Join(' ', right.Select(h => h.Name))}";
        Record(TraceDetail.Connections, "", (cut ? "cut " : "healed ") + sides);
    }

    private IPAddress NextAddress()
    {
        uint number = (uint)_hosts.Count;
        while (true)
        {
            number++;
            var address = new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
            if (!_byAddress.ContainsKey(address)) return address;
        }
    }

    private static (int, int) Pair(SimulatedHost a, SimulatedHost b) =>
        a.Index < b.Index ? (a.Index, b.Index) : (b.Index, a.Index);
}
