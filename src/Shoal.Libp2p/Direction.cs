namespace Shoal.Libp2p;

/// <summary>Who began a connection.</summary>
public enum Direction
{
    /// <summary>The peer dialled us.</summary>
    Inbound,

    /// <summary>We dialled the peer.</summary>
    Outbound,
}
