namespace Shoal.Libp2p.Peers;

/// <summary>Who says that a peer is at an address; later ones are believed more.</summary>
internal enum AddressSource
{
    /// <summary>Somebody else: discovery, peer exchange, a lookup.</summary>
    Learned,

    /// <summary>The peer, over a connection that proved its identity.</summary>
    Identified,

    /// <summary>The peer, in a signed record.</summary>
    Certified,

    /// <summary>Our user.</summary>
    Given,
}
