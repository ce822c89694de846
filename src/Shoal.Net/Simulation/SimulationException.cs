namespace Shoal.Net.Simulation;

/// <summary>A run on the simulated network failed. The message names the seed, which replays the run.</summary>
public sealed class SimulationException : ShoalException
{
    internal SimulationException(int seed, TimeSpan at, string what, Exception? inner = null)
        : base($"{what} (seed {seed}, virtual time {at})", inner)
    {
        Seed = seed;
        At = at;
    }

    /// <summary>The seed of the run.</summary>
    public int Seed { get; }

    /// <summary>Virtual time since the start of the simulation.</summary>
    public TimeSpan At { get; }
}
