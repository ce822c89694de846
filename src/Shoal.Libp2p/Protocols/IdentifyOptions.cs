namespace Shoal.Libp2p.Protocols;

/// <summary>Settings of identify and identify-push. Every property states its unit, default and source.</summary>
public sealed record IdentifyOptions
{
    /// <summary>Whether every new connection's peer is asked who it is. Answering is always on. Default: true.</summary>
    public bool AskOnConnect { get; init; } = true;

    /// <summary>Time for a peer to say who it is, or to take what we say. Default: 5 s (js-libp2p).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Changes of our addresses and protocols are collected for so long before they are pushed. Default: 1 s (js-libp2p).</summary>
    public TimeSpan PushDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Hosts that must see us at the same address before it is believed and told to others. Default: 4 (go-libp2p).</summary>
    public int ObserversNeeded { get; init; } = ObservedAddresses.DefaultObservers;
}
