namespace Shoal.Libp2p.Pubsub;

/// <summary>What an application thinks of a message (gossipsub 1.1, extended validators).</summary>
public enum ValidationResult
{
    /// <summary>Deliver it and pass it on.</summary>
    Accept,

    /// <summary>Drop it; the peer that passed it on has done wrong.</summary>
    Reject,

    /// <summary>Drop it; nobody has done wrong.</summary>
    Ignore,
}

/// <summary>Judges a message, whose signature is right, before it is delivered and passed on. An exception counts as <see cref="ValidationResult.Ignore"/>.</summary>
public delegate ValueTask<ValidationResult> MessageValidator(PubsubMessage message, CancellationToken cancellationToken);
