namespace Shoal.Libp2p.Dialing;

/// <summary>Says in one sentence why a peer could not be connected to.</summary>
internal static class DialReport
{
    /// <summary>The exception for an attempt of which everything failed.</summary>
    internal static Libp2pException Of(PeerId? peer, IReadOnlyList<DialFailure> failures)
    {
        if (failures.Count > 0 && failures.All(f => f.Reason is PeerIdentityException or LimitExceededException) && failures[0].Reason is Libp2pException same)
            return same;
        return new DialException(Sentence(peer, failures, null), failures.Count > 0 ? failures[^1].Reason : null);
    }

    /// <summary>The exception for an attempt that took too long in all.</summary>
    internal static DialException TimedOut(PeerId? peer, IReadOnlyList<DialFailure> failures, TimeSpan limit) =>
        new(Sentence(peer, failures, $"gave up after {limit.TotalSeconds:0.###} s ({nameof(DialOptions)}.{nameof(DialOptions.TotalTimeout)})"));

    private static string Sentence(PeerId? peer, IReadOnlyList<DialFailure> failures, string? more)
    {
        IEnumerable<string> reasons = failures.Select(f => $"{f.Address}: {f.Reason.Message}");
        if (more is not null) reasons = reasons.Append(more);
        string list = string.Join("; ", reasons);
        if (list.Length == 0) list = "no address of it is known";
        return peer is { } id ? $"cannot connect to {id}: {list}" : $"cannot connect: {list}";
    }
}
