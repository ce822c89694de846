namespace Shoal.Chat.Rooms;

/// <summary>The last messages of one room. Not thread-safe.</summary>
internal sealed class History(int capacity)
{
    private readonly Queue<RoomMessage> _messages = [];

    internal void Add(RoomMessage message)
    {
        if (capacity == 0) return;
        if (_messages.Count == capacity) _messages.Dequeue();
        _messages.Enqueue(message);
    }

    /// <summary>Oldest first.</summary>
    internal IReadOnlyList<RoomMessage> ToList() => [.. _messages];
}
