namespace Shoal.Libp2p.Peers;

/// <summary>What became of a signed peer record.</summary>
internal enum SignedRecordOutcome
{
    /// <summary>Malformed, wrongly signed, or another peer's. Whoever sent it misbehaves.</summary>
    Invalid,

    /// <summary>Right, but not newer than the one that is known. Nothing changed.</summary>
    Stale,

    /// <summary>Right and new; its addresses are known now.</summary>
    Accepted,
}
