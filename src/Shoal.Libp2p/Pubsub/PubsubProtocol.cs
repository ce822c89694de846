namespace Shoal.Libp2p.Pubsub;

/// <summary>What a peer speaks, weakest first.</summary>
internal enum PubsubProtocol
{
    Floodsub,
    Meshsub10,
    Meshsub11,
    Meshsub12,
}

/// <summary>Protocol ids of pubsub.</summary>
internal static class PubsubProtocols
{
    /// <summary>All that we speak, the best first.</summary>
    internal static IReadOnlyList<string> Ids { get; } = ["/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0"];

    /// <summary>Which protocol an id of <see cref="Ids"/> names.</summary>
    internal static PubsubProtocol Parse(string id) => id switch
    {
        "/meshsub/1.2.0" => PubsubProtocol.Meshsub12,
        "/meshsub/1.1.0" => PubsubProtocol.Meshsub11,
        "/meshsub/1.0.0" => PubsubProtocol.Meshsub10,
        _ => PubsubProtocol.Floodsub,
    };

    /// <summary>The best of ours that is in a peer's list, or null.</summary>
    internal static string? Best(IReadOnlyList<string> theirs)
    {
        foreach (string id in Ids)
            if (theirs.Contains(id)) return id;
        return null;
    }
}
