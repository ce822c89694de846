namespace Shoal.Net.Simulation;

/// <summary>What happened, in order. Two runs of one scenario from one seed have equal traces.</summary>
public sealed class SimulationTrace
{
    // FNV-1a, 64 bits: small, and the same on every machine.
    private const ulong HashOffset = 14695981039346656037;
    private const ulong HashPrime = 1099511628211;

    private readonly List<TraceEntry> _entries = [];
    private readonly int _keep;

    internal SimulationTrace(TraceDetail detail, int keep)
    {
        Detail = detail;
        _keep = keep;
    }

    /// <summary>What is recorded.</summary>
    public TraceDetail Detail { get; }

    /// <summary>The entries, the first <see cref="SimulatedNetworkOptions.TraceEntries"/> of them.</summary>
    public IReadOnlyList<TraceEntry> Entries => _entries;

    /// <summary>How many entries there were.</summary>
    public long Count { get; private set; }

    /// <summary>A hash over all entries and their order.</summary>
    public ulong Hash { get; private set; } = HashOffset;

    /// <summary>Where another trace begins to differ, in words; null when both are equal.</summary>
    public string? FirstDifference(SimulationTrace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int both = Math.Min(_entries.Count, other._entries.Count);
        for (int i = 0; i < both; i++)
            if (_entries[i] != other._entries[i]) return $"entry {i}: [{_entries[i]}] and [{other._entries[i]}]";

        if (Count != other.Count)
        {
            List<TraceEntry> longer = Count > other.Count ? _entries : other._entries;
            return $"{Count} and {other.Count} entries; {(longer.Count > both ? $"the first extra one is [{longer[both]}]" : "the rest was not kept")}";
        }

        return Hash == other.Hash ? null : "entries that were not kept differ";
    }

    internal void Add(TimeSpan time, string host, string what)
    {
        Count++;
        ulong hash = Mix(Hash, (ulong)time.Ticks);
        foreach (char c in host) hash = Mix(hash, c);
        hash = Mix(hash, '\n');
        foreach (char c in what) hash = Mix(hash, c);
        Hash = Mix(hash, '\n');
        if (_entries.Count < _keep) _entries.Add(new TraceEntry(time, host, what));
    }

    private static ulong Mix(ulong hash, ulong value) => (hash ^ value) * HashPrime;
}
