namespace Shoal.Net.Simulation;

/// <summary>
/// Events by (time, sequence): a binary heap whose events know their place, so that one is cancelled in O(log n).
/// </summary>
internal sealed class EventQueue
{
    private SimulationEvent[] _heap = new SimulationEvent[64];
    private long _nextSequence;

    internal int Count { get; private set; }

    /// <summary>The next event, or null.</summary>
    internal SimulationEvent? First => Count == 0 ? null : _heap[0];

    /// <summary>Schedules an event; one that is scheduled already moves to the new time.</summary>
    internal void Schedule(SimulationEvent item, long due)
    {
        Cancel(item);
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        item.Due = due;
        item.Sequence = _nextSequence++;
        SiftUp(item, Count++);
    }

    /// <summary>Takes an event out; nothing happens when it is not in.</summary>
    internal void Cancel(SimulationEvent item)
    {
        int index = item.Index;
        if (index < 0) return;
        item.Index = -1;
        SimulationEvent last = _heap[--Count];
        _heap[Count] = null!;
        if (last == item) return;
        SiftUp(last, index);
        SiftDown(last, last.Index);
    }

    private static bool IsBefore(SimulationEvent a, SimulationEvent b) =>
        a.Due != b.Due ? a.Due < b.Due : a.Sequence < b.Sequence;

    private void SiftUp(SimulationEvent item, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!IsBefore(item, _heap[parent])) break;
            Put(_heap[parent], index);
            index = parent;
        }

        Put(item, index);
    }

    private void SiftDown(SimulationEvent item, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child])) child++;
            if (!IsBefore(_heap[child], item)) break;
            Put(_heap[child], index);
            index = child;
        }

        Put(item, index);
    }

    private void Put(SimulationEvent item, int index)
    {
        _heap[index] = item;
        item.Index = index;
    }
}
