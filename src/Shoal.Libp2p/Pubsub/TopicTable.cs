using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Shoal.Libp2p.Pubsub;

/// <summary>Topics by name. Finds them by the UTF-8 bytes of a message, without making a string.</summary>
internal sealed class TopicTable
{
    /// <summary>Longest name looked up without taking memory, in UTF-16 units.</summary>
    private const int ShortName = 85;

    private readonly Dictionary<byte[], TopicState> _topics = new(new Utf8Comparer());
    private readonly Dictionary<byte[], TopicState>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    internal TopicTable() => _bySpan = _topics.GetAlternateLookup<ReadOnlySpan<byte>>();

    internal int Count => _topics.Count;

    internal TopicState? Find(ReadOnlySpan<byte> name) => _bySpan.TryGetValue(name, out TopicState? topic) ? topic : null;

    internal TopicState? Find(string name)
    {
        if (name.Length > ShortName) return Find(Encoding.UTF8.GetBytes(name));
        Span<byte> bytes = stackalloc byte[ShortName * 3];
        return Find(bytes[..Encoding.UTF8.GetBytes(name, bytes)]);
    }

    internal TopicState FindOrAdd(string name)
    {
        if (Find(name) is { } known) return known;
        byte[] key = Encoding.UTF8.GetBytes(name);
        var topic = new TopicState(name, key);
        _topics.Add(key, topic);
        return topic;
    }

    internal void Remove(TopicState topic) => _topics.Remove(topic.Key);

    /// <summary>All topics, in no order: for work whose order does not show.</summary>
    internal Dictionary<byte[], TopicState>.ValueCollection Unordered => _topics.Values;

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
