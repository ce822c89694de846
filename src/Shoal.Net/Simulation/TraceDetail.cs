namespace Shoal.Net.Simulation;

/// <summary>How much a <see cref="SimulationTrace"/> records. Each level has what the ones before it have.</summary>
public enum TraceDetail
{
    /// <summary>Only what <see cref="SimulatedNetwork.Note"/> was told.</summary>
    Notes,

    /// <summary>Listening, connecting, ends and losses of connections, cuts, hosts going down and coming up.</summary>
    Connections,

    /// <summary>Every piece of data on its arrival, with its size.</summary>
    Data,
}
