namespace Shoal.Net.Simulation;

/// <summary>How the random part of a latency is distributed.</summary>
public enum JitterShape
{
    /// <summary>Evenly between zero and twice the mean.</summary>
    Uniform,

    /// <summary>Mostly short, now and then long: exponential.</summary>
    Exponential,
}
