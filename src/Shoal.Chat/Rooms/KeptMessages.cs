namespace Shoal.Chat.Rooms;

/// <summary>A message that waits for somebody to come into its room.</summary>
/// <param name="Room">Which room.</param>
/// <param name="Data">Its bytes on the wire.</param>
/// <param name="Until">When it is given up.</param>
internal sealed record KeptMessage(string Room, byte[] Data, TimeSpan Until);

/// <summary>Messages that nobody was there for. Decides nothing about peers; not thread-safe. Times count from any fixed start.</summary>
internal sealed class KeptMessages(int capacity)
{
    private readonly LinkedList<KeptMessage> _oldestFirst = [];

    internal bool IsEmpty => _oldestFirst.Count == 0;

    /// <summary>True when something is kept for the room: what is said now must go behind it.</summary>
    internal bool HasAny(string room) => _oldestFirst.Any(m => m.Room == room);

    /// <summary>Keeps a message; false when there are too many.</summary>
    internal bool TryAdd(KeptMessage message)
    {
        if (_oldestFirst.Count >= capacity) return false;
        _oldestFirst.AddLast(message);
        return true;
    }

    /// <summary>Rooms that something is kept for, the one with the oldest message first.</summary>
    internal IReadOnlyList<string> Rooms => [.. _oldestFirst.Select(m => m.Room).Distinct()];

    /// <summary>The oldest message of a room; null when there is none.</summary>
    internal KeptMessage? Peek(string room) => _oldestFirst.FirstOrDefault(m => m.Room == room);

    internal void Remove(KeptMessage message) => _oldestFirst.Remove(message);

    /// <summary>Takes out what waited too long.</summary>
    internal IReadOnlyList<KeptMessage> Expire(TimeSpan now) => TakeWhere(m => m.Until <= now);

    /// <summary>Takes out what is kept for a room that is left.</summary>
    internal IReadOnlyList<KeptMessage> Drop(string room) => TakeWhere(m => m.Room == room);

    private List<KeptMessage> TakeWhere(Func<KeptMessage, bool> condition)
    {
        List<KeptMessage> taken = [.. _oldestFirst.Where(condition)];
        foreach (KeptMessage message in taken) _oldestFirst.Remove(message);
        return taken;
    }
}
