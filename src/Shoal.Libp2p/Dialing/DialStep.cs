using Shoal.Libp2p.Connections;

namespace Shoal.Libp2p.Dialing;

/// <summary>Outcome of one step of an attempt: a name resolved, an address connected to, or either failed.</summary>
internal sealed record DialStep(Multiaddr Address)
{
    /// <summary>What the name stands for.</summary>
    internal IReadOnlyList<Multiaddr>? Resolved { get; init; }

    /// <summary>The connection.</summary>
    internal UpgradedConnection? Upgraded { get; init; }

    /// <summary>Its ends.</summary>
    internal ConnectionEnds? Ends { get; init; }

    /// <summary>Why it failed.</summary>
    internal Exception? Failure { get; init; }

    /// <summary>True for a name that was to be resolved.</summary>
    internal bool WasName { get; init; }
}
