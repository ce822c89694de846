namespace Shoal.Net.Simulation;

/// <summary>Something that happens at a virtual time. An object may be scheduled again once it ran or was cancelled.</summary>
internal abstract class SimulationEvent
{
    /// <summary>When, in ticks of virtual time.</summary>
    internal long Due { get; set; }

    /// <summary>Order among events of one time: first scheduled, first run.</summary>
    internal long Sequence { get; set; }

    /// <summary>Position in the queue; -1 when not scheduled.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>True while it waits for its time.</summary>
    internal bool IsScheduled => Index >= 0;

    /// <summary>Lets it happen.</summary>
    internal abstract void Run();
}

/// <summary>An event that calls a delegate.</summary>
internal sealed class CallbackEvent(Action action) : SimulationEvent
{
    internal override void Run() => action();
}
