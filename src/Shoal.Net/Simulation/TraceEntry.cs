namespace Shoal.Net.Simulation;

/// <summary>Something that happened on the simulated network.</summary>
/// <param name="Time">Virtual time since the start.</param>
/// <param name="Host">Name of the host where it happened; empty for the network as a whole.</param>
/// <param name="What">In a few words.</param>
public readonly record struct TraceEntry(TimeSpan Time, string Host, string What)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"{Time} {Host}: {What}";
}
