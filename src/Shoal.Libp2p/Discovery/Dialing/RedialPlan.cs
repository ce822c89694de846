using System.Diagnostics.CodeAnalysis;

namespace Shoal.Libp2p.Discovery.Dialing;

/// <summary>Settings of a <see cref="RedialPlan{TTarget}"/>. Every property states its unit; the owner gives the values.</summary>
internal sealed record RedialPlanOptions
{
    /// <summary>Dials under way at a time.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Connections, whoever began them, from which on nobody is dialled.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Targets remembered.</summary>
    public required int MaxTargets { get; init; }

    /// <summary>Failures in a row after which a target is forgotten.</summary>
    public required int MaxFailures { get; init; }

    /// <summary>Pause after the first failure; doubles with each.</summary>
    public required TimeSpan FirstBackoff { get; init; }

    /// <summary>Longest pause.</summary>
    public required TimeSpan MaxBackoff { get; init; }
}

/// <summary>Decides whom to dial when: who is due, who waits after a failure, who is connected. Dials nobody itself.</summary>
/// <remarks>Not thread-safe; time is an argument. A pause is between half and all of its length, by chance, so that peers that lost each other do not try in step.</remarks>
internal sealed class RedialPlan<TTarget>(RedialPlanOptions options, Random random)
    where TTarget : notnull
{
    private enum State
    {
        Waiting,
        Dialing,
        Connected,
    }

    private readonly Dictionary<TTarget, Entry> _entries = [];
    private readonly List<Entry> _order = []; // By age, so that ties are decided the same way each time.
    private int _dialing;

    /// <summary>When to call <see cref="TryNext"/> again if nothing else happens; null when nobody waits.</summary>
    internal TimeSpan? NextDeadline => _order.Where(e => e.State == State.Waiting).Select(e => (TimeSpan?)e.DueAt).Min();

    /// <summary>Targets remembered.</summary>
    internal int Count => _order.Count;

    /// <summary>Has a target dialled: at once when it is new, and not later than after the shortest pause when it failed before.</summary>
    internal void Add(TimeSpan now, TTarget target)
    {
        if (_entries.TryGetValue(target, out Entry? known))
        {
            TimeSpan soon = known.TriedAt is { } tried ? tried + options.FirstBackoff : now;
            if (known.State == State.Waiting && soon < known.DueAt) known.DueAt = soon;
            return;
        }

        if (_order.Count >= options.MaxTargets && !MakeRoom()) return;
        var entry = new Entry(target) { DueAt = now };
        _entries.Add(target, entry);
        _order.Add(entry);
    }

    /// <summary>Gives the next target to dial, or false: wait.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="connections">Connections there are now.</param>
    /// <param name="target">Whom to dial.</param>
    internal bool TryNext(TimeSpan now, int connections, [MaybeNullWhen(false)] out TTarget target)
    {
        target = default;
        if (_dialing >= options.Parallelism || connections + _dialing >= options.MaxConnections) return false;
        Entry? next = _order.Where(e => e.State == State.Waiting && e.DueAt <= now).MinBy(e => e.DueAt);
        if (next is null) return false;

        next.State = State.Dialing;
        next.TriedAt = now;
        _dialing++;
        target = next.Target;
        return true;
    }

    /// <summary>The target is connected, by our dial or its own.</summary>
    internal void OnConnected(TTarget target)
    {
        if (!_entries.TryGetValue(target, out Entry? entry)) return;
        Leave(entry, State.Connected);
        entry.Failures = 0;
    }

    /// <summary>A dial failed.</summary>
    internal void OnFailed(TimeSpan now, TTarget target)
    {
        if (!_entries.TryGetValue(target, out Entry? entry) || entry.State != State.Dialing) return;
        Leave(entry, State.Waiting);
        entry.Failures++;
        if (entry.Failures >= options.MaxFailures) Remove(entry);
        else entry.DueAt = now + Pause(entry.Failures);
    }

    /// <summary>The connection to a target is gone.</summary>
    internal void OnLost(TimeSpan now, TTarget target)
    {
        if (!_entries.TryGetValue(target, out Entry? entry) || entry.State != State.Connected) return;
        Leave(entry, State.Waiting);
        entry.DueAt = now + Pause(1);
    }

    private TimeSpan Pause(int failures)
    {
        double full = Math.Min(options.FirstBackoff.TotalSeconds * Math.Pow(2, failures - 1), options.MaxBackoff.TotalSeconds);
        return TimeSpan.FromSeconds(full * (0.5 + (random.NextDouble() / 2)));
    }

    private void Leave(Entry entry, State next)
    {
        if (entry.State == State.Dialing) _dialing--;
        entry.State = next;
    }

    /// <summary>Forgets the target that failed most, if one did.</summary>
    private bool MakeRoom()
    {
        Entry? worst = _order.Where(e => e.State == State.Waiting && e.Failures > 0).MaxBy(e => e.Failures);
        if (worst is null) return false;
        Remove(worst);
        return true;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Target);
        _order.Remove(entry);
    }

    private sealed class Entry(TTarget target)
    {
        internal TTarget Target { get; } = target;

        internal State State { get; set; }

        internal TimeSpan DueAt { get; set; }

        internal TimeSpan? TriedAt { get; set; }

        internal int Failures { get; set; }
    }
}
