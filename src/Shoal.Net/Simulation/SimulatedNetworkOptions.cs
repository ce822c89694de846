namespace Shoal.Net.Simulation;

/// <summary>Settings of a <see cref="SimulatedNetwork"/>. Every property states its unit and default.</summary>
public sealed record SimulatedNetworkOptions
{
    /// <summary>What the way between two hosts is like, unless <see cref="SimulatedNetwork.SetLink"/> says otherwise. Default: 20 ms, nothing lost.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>Latency between two programs of one host. Default: 10 µs; more than zero, so that time passes in a loop.</summary>
    public TimeSpan LoopbackLatency { get; init; } = TimeSpan.FromMicroseconds(10);

    /// <summary>
    /// Bytes that may be on the way or unread at the receiver, per direction of a connection, before a send waits.
    /// Default: 256 KiB, a usual send buffer and receive window.
    /// </summary>
    public int WindowBytes { get; init; } = 256 * 1024;

    /// <summary>Connections that wait to be accepted, per listener; further ones are refused. Default: 128, as .NET's listeners ask for commonly.</summary>
    public int Backlog { get; init; } = 128;

    /// <summary>How long an attempt to connect goes on when nothing answers, because of a cut or a host that is down. Default: 20 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Pause between attempts to reach a host that does not answer. Default: 1 s (RFC 6298, initial time-out).</summary>
    public TimeSpan ConnectRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long bytes wait behind a cut before the sender's connection breaks. Healed earlier, they arrive. Default: 1 minute.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The date at the start. Default: 2026-01-01 00:00 UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What <see cref="SimulatedNetwork.Trace"/> records. Default: connections and notes.</summary>
    public TraceDetail TraceDetail { get; init; } = TraceDetail.Connections;

    /// <summary>Entries of the trace that are kept for reading; later ones only count in its hash. Default: 1,000,000.</summary>
    public int TraceEntries { get; init; } = 1_000_000;

    /// <summary>
    /// Stack of the simulation's thread, in bytes. Completions run inside one another; should the stack run out, the runtime
    /// would move them to another thread. Default: 256 MiB, taken from the address space only as far as used.
    /// </summary>
    public int StackBytes { get; init; } = 256 * 1024 * 1024;

    internal void Validate()
    {
        Link.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(LoopbackLatency, TimeSpan.Zero, nameof(LoopbackLatency));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(WindowBytes, nameof(WindowBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Backlog, nameof(Backlog));
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectTimeout, TimeSpan.Zero, nameof(ConnectTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectRetry, TimeSpan.Zero, nameof(ConnectRetry));
        ArgumentOutOfRangeException.ThrowIfLessThan(GiveUpAfter, TimeSpan.Zero, nameof(GiveUpAfter));
        ArgumentOutOfRangeException.ThrowIfNegative(TraceEntries, nameof(TraceEntries));
        ArgumentOutOfRangeException.ThrowIfLessThan(StackBytes, 1024 * 1024, nameof(StackBytes));
    }
}
