namespace Shoal.Libp2p.Pubsub;

/// <summary>What the core knows of one topic: ours, or one that a peer is subscribed to.</summary>
internal sealed class TopicState(string name, byte[] key)
{
    internal string Name { get; } = name;

    /// <summary>The name in UTF-8.</summary>
    internal byte[] Key { get; } = key;

    /// <summary>Connected peers that are subscribed.</summary>
    internal PeerSet Subscribers { get; } = new();

    /// <summary>Those of the subscribers that get every message and are never in a mesh: explicit and floodsub peers.</summary>
    internal PeerSet AlwaysServed { get; } = new();

    /// <summary>Our mesh; null while we are not subscribed.</summary>
    internal PeerSet? Mesh { get; set; }

    /// <summary>Peers that get our messages while we are not subscribed; null when none were published lately.</summary>
    internal PeerSet? Fanout { get; set; }

    /// <summary>When we last published without being subscribed.</summary>
    internal TimeSpan LastPublished { get; set; }

    /// <summary>Until when which peer must not be grafted, connected or not.</summary>
    internal Dictionary<PeerId, TimeSpan> Backoff { get; } = [];

    /// <summary>True when the view that the shell shows to others is out of date.</summary>
    internal bool Changed { get; set; }

    internal bool IsUnused => Mesh is null && Fanout is null && Subscribers.Count == 0 && Backoff.Count == 0;

    /// <summary>Drops back-offs that are over since at least <paramref name="slack"/>.</summary>
    internal void ClearBackoff(TimeSpan now, TimeSpan slack)
    {
        if (Backoff.Count == 0) return;
        List<PeerId>? over = null;
        foreach ((PeerId peer, TimeSpan until) in Backoff)
            if (now >= until + slack) (over ??= []).Add(peer);
        if (over is null) return;
        foreach (PeerId peer in over) Backoff.Remove(peer);
    }
}
