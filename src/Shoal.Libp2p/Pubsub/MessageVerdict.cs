namespace Shoal.Libp2p.Pubsub;

/// <summary>What validation found.</summary>
internal enum MessageVerdict
{
    /// <summary>Signed as it must be, and the application wants it.</summary>
    Accept,

    /// <summary>The application calls it wrong.</summary>
    Reject,

    /// <summary>The application does not want it.</summary>
    Ignore,

    /// <summary>Not signed by its author.</summary>
    WrongSignature,
}
