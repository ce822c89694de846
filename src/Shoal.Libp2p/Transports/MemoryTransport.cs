using System.Net.Sockets;
using Shoal.Net;

namespace Shoal.Libp2p.Transports;

/// <summary>Connections within this process: <c>/memory/name</c>. Names are known to the whole process.</summary>
internal sealed class MemoryTransport : ITransport
{
    /// <summary>Connections that wait to be accepted, per listener; further ones are refused. Default: 128, as for sockets.</summary>
    internal const int Backlog = 128;

    private static readonly Lock RegistryLock = new();
    private static readonly Dictionary<string, MemoryListener> Registry = [];

    public bool CanDial(Multiaddr address) => NameOf(address) is not null;

    public Task<NetConnection> DialAsync(Multiaddr address, CancellationToken cancellationToken)
    {
        string name = NameOf(address) ?? throw new ArgumentException($"{address} is not /memory/name.", nameof(address));
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<NetConnection>(cancellationToken);
        MemoryListener? listener;
        lock (RegistryLock) Registry.TryGetValue(name, out listener);
        if (listener?.TryConnect() is { } connection) return Task.FromResult(connection);
        return Task.FromException<NetConnection>(new NetworkException(
            $"Cannot connect to /memory/{name}: {(listener is null ? "nobody listens there" : "too many wait to be accepted there")}.",
            SocketError.ConnectionRefused));
    }

    public bool CanListen(Multiaddr address) => NameOf(address) is not null;

    public ITransportListener Listen(Multiaddr address)
    {
        string name = NameOf(address) ?? throw new ArgumentException($"{address} is not /memory/name.", nameof(address));
        var listener = new MemoryListener(address.WithoutPeerId(), () =>
        {
            lock (RegistryLock) Registry.Remove(name);
        });
        lock (RegistryLock)
        {
            if (!Registry.TryAdd(name, listener))
                throw new NetworkException($"Cannot listen on /memory/{name}: the name is taken.", SocketError.AddressAlreadyInUse);
        }

        return listener;
    }

    /// <summary>The name in <c>/memory/name</c> or <c>/memory/name/p2p/id</c>; null for any other address.</summary>
    private static string? NameOf(Multiaddr address)
    {
        IReadOnlyList<MultiaddrPart> parts = address.Parts;
        bool fits = parts.Count == 1 || (parts.Count == 2 && parts[1].Protocol == "p2p");
        return fits && parts[0].Protocol == "memory" ? parts[0].Value : null;
    }
}
