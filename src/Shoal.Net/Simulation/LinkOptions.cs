namespace Shoal.Net.Simulation;

/// <summary>What the way between two hosts is like, the same in both directions. Every property states its unit and default.</summary>
public sealed record LinkOptions
{
    /// <summary>Fixed part of the latency of one direction. A round trip takes twice as long. Default: 20 ms.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Mean of the random part that is added to <see cref="Latency"/>, drawn anew for each piece sent. Order within a connection is kept. Default: none.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How <see cref="Jitter"/> is distributed. Default: uniform.</summary>
    public JitterShape JitterShape { get; init; } = JitterShape.Uniform;

    /// <summary>What one direction of one connection carries, in bytes per second. Default: null, no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Probability, 0 to 1, that an attempt to connect fails after a round trip. Default: 0.</summary>
    public double ConnectLoss { get; init; }

    /// <summary>Probability, 0 to 1, that an established connection breaks at a random time within <see cref="BreakWithin"/>. Default: 0.</summary>
    public double BreakProbability { get; init; }

    /// <summary>The time after its start in which a connection breaks that <see cref="BreakProbability"/> has chosen. Default: 1 minute.</summary>
    public TimeSpan BreakWithin { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Latency, TimeSpan.Zero, nameof(Latency));
        ArgumentOutOfRangeException.ThrowIfLessThan(Jitter, TimeSpan.Zero, nameof(Jitter));
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakWithin, TimeSpan.Zero, nameof(BreakWithin));
        if (BytesPerSecond is { } rate) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(BytesPerSecond));
        ThrowIfNoProbability(ConnectLoss, nameof(ConnectLoss));
        ThrowIfNoProbability(BreakProbability, nameof(BreakProbability));
    }

    private static void ThrowIfNoProbability(double value, string name)
    {
        if (value is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(name, value, "A probability is between 0 and 1.");
    }
}
