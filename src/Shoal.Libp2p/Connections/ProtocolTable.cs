using System.Collections.Concurrent;

namespace Shoal.Libp2p.Connections;

/// <summary>A protocol that is served.</summary>
/// <param name="Name">As in <c>/echo/1.0.0</c>.</param>
/// <param name="MaxStreams">Inbound streams of it, open at once on one connection.</param>
/// <param name="Serve">Serves one stream.</param>
internal sealed record ProtocolHandler(string Name, int MaxStreams, StreamHandler Serve);

/// <summary>The protocols that are served, by name. Thread-safe.</summary>
internal sealed class ProtocolTable
{
    private readonly ConcurrentDictionary<string, ProtocolHandler> _handlers = new(StringComparer.Ordinal);

    internal ProtocolTable() => IsServed = _handlers.ContainsKey;

    /// <summary>Says whether a protocol is served. One delegate for all streams.</summary>
    internal Func<string, bool> IsServed { get; }

    /// <summary>A protocol came or went.</summary>
    internal event Action? Changed;

    /// <summary>The names, in order.</summary>
    internal string[] Names => [.. _handlers.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="ArgumentException">The name is empty or too long, or has a handler already.</exception>
    internal void Add(ProtocolHandler handler)
    {
        if (handler.Name.Length is 0 or > MaxNameChars || handler.Name.Contains('\n', StringComparison.Ordinal))
            throw new ArgumentException($"A protocol's name has 1 to {MaxNameChars} characters and no line break.", nameof(handler));
        if (!_handlers.TryAdd(handler.Name, handler))
            throw new ArgumentException($"The protocol {handler.Name} has a handler already; Unhandle it first.", nameof(handler));
        Changed?.Invoke();
    }

    internal void Remove(string protocol)
    {
        if (_handlers.TryRemove(protocol, out _)) Changed?.Invoke();
    }

    internal ProtocolHandler? Find(string protocol) => _handlers.GetValueOrDefault(protocol);

    /// <summary>Longest name, in characters. Default: 256 (ours; multistream-select messages have at most 1024 bytes in js-libp2p).</summary>
    private const int MaxNameChars = 256;
}
