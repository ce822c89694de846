using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Peers;

namespace Shoal.Libp2p;

/// <summary>What is known of other peers: addresses, protocols, agent, signed records. Bounded; kept in a file where one is given. Thread-safe.</summary>
/// <remarks>
/// The node feeds it: <see cref="AddAddresses"/> for what anybody says, <see cref="SetIdentify"/> and <see cref="AddSignedRecord"/> for what a peer
/// says of itself, <see cref="OnDialSucceeded"/> and <see cref="OnDialFailed"/> for what dialing showed, <see cref="Pin"/> and <see cref="Unpin"/>
/// once for each connection that comes and goes. It calls <see cref="LoadAsync"/> at its start, and <see cref="SaveAsync"/> now and then and at its end.
/// </remarks>
public sealed class PeerStore
{
    private readonly Lock _gate = new();
    private readonly AddressBook _book;
    private readonly PeerStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly PeerStoreFile? _file;
    private long _saved;
    private Task _saving = Task.CompletedTask;

    /// <summary>Makes an empty store.</summary>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logs">Where to tell of a damaged file.</param>
    /// <param name="file">Path of the file between runs; null to forget everything with the process.</param>
    internal PeerStore(PeerStoreOptions? options = null, TimeProvider? time = null, ILoggerFactory? logs = null, string? file = null)
    {
        _options = options ?? new PeerStoreOptions();
        _time = time ?? TimeProvider.System;
        _book = new AddressBook(_options);
        if (file is not null) _file = new PeerStoreFile(file, _options, (logs ?? NullLoggerFactory.Instance).CreateLogger<PeerStore>());
    }

    /// <summary>Everything known of a peer; null when nothing is.</summary>
    public PeerInfo? Find(PeerId peer)
    {
        TimeSpan now = Now();
        lock (_gate) return _book.Find(peer, now) is { } entry ? Snapshot(entry, now) : null;
    }

    /// <summary>All peers known.</summary>
    public IReadOnlyList<PeerInfo> All
    {
        get
        {
            TimeSpan now = Now();
            lock (_gate)
            {
                _book.ExpireAll(now);
                return [.. _book.Entries.Select(e => Snapshot(e, now))];
            }
        }
    }

    /// <summary>Notes where a peer is said to be. Addresses that end in another peer's id, and those that are too long, are ignored.</summary>
    /// <param name="peer">Which peer.</param>
    /// <param name="addresses">With or without the peer's id at the end.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="life">How long to believe it; null for the source's default.</param>
    internal void AddAddresses(PeerId peer, IEnumerable<Multiaddr> addresses, AddressSource source = AddressSource.Learned, TimeSpan? life = null)
    {
        Multiaddr[] list = [.. addresses]; // Foreign code is not run under the lock.
        TimeSpan now = Now();
        lock (_gate) _book.AddAddresses(peer, list, source, life, now);
    }

    /// <summary>Takes what a peer says of itself in identify: agent, protocols, and its listen addresses where there are any.</summary>
    internal void SetIdentify(PeerId peer, IdentifyInfo info)
    {
        TimeSpan now = Now();
        lock (_gate) _book.SetIdentify(peer, info, now);
    }

    /// <summary>Checks a signed peer record and takes it when it is newer than the known one.</summary>
    /// <param name="peer">Whose record it has to be.</param>
    /// <param name="envelope">The envelope as it came.</param>
    internal SignedRecordOutcome AddSignedRecord(PeerId peer, ReadOnlySpan<byte> envelope)
    {
        if (!PeerRecord.TryOpen(envelope, out PeerRecord? record) || record.PeerId != peer) return SignedRecordOutcome.Invalid;
        byte[] copy = envelope.ToArray();
        TimeSpan now = Now();
        lock (_gate) return _book.AddSignedRecord(record, copy, now);
    }

    /// <summary>Takes a signed peer record that was checked already when it is newer than the known one.</summary>
    internal SignedRecordOutcome AddCheckedRecord(PeerRecord record, ReadOnlyMemory<byte> envelope)
    {
        TimeSpan now = Now();
        lock (_gate) return _book.AddSignedRecord(record, envelope, now);
    }

    /// <summary>An address was connected to, and the peer proved itself there.</summary>
    internal void OnDialSucceeded(PeerId peer, Multiaddr address)
    {
        TimeSpan now = Now();
        lock (_gate) _book.OnDialSucceeded(peer, address, now);
    }

    /// <summary>An address could not be connected to, or another peer was there.</summary>
    internal void OnDialFailed(PeerId peer, Multiaddr address)
    {
        TimeSpan now = Now();
        lock (_gate) _book.OnDialFailed(peer, address, now);
    }

    /// <summary>Keeps a peer, and its addresses, from being forgotten. Once per connection; each needs its <see cref="Unpin"/>.</summary>
    internal void Pin(PeerId peer)
    {
        TimeSpan now = Now();
        lock (_gate) _book.Pin(peer, now);
    }

    /// <summary>Takes back one <see cref="Pin"/>.</summary>
    internal void Unpin(PeerId peer)
    {
        TimeSpan now = Now();
        lock (_gate) _book.Unpin(peer, now);
    }

    /// <summary>Forgets a peer. False when it was not known.</summary>
    internal bool Remove(PeerId peer)
    {
        lock (_gate) return _book.Remove(peer);
    }

    /// <summary>Reads the file, if there is one. A damaged file is set aside and told of in the log; what could be read of it counts.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_file is null) return;
        IReadOnlyList<StoredPeer> peers = await _file.LoadAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan now = Now();
        lock (_gate)
        {
            foreach (StoredPeer peer in peers) peer.RestoreTo(_book, _options, now);
            _saved = _book.Version;
        }
    }

    /// <summary>Writes the file, if there is one and anything changed. A file that cannot be written is told of in the log. Calls queue up.</summary>
    internal Task SaveAsync(CancellationToken cancellationToken)
    {
        if (_file is null) return Task.CompletedTask;
        lock (_gate) return _saving = SaveAfterAsync(_saving, _file, cancellationToken);
    }

    private async Task SaveAfterAsync(Task previous, PeerStoreFile file, CancellationToken cancellationToken)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TimeSpan now = Now();
        List<StoredPeer> peers;
        long version;
        lock (_gate)
        {
            _book.ExpireAll(now);
            version = _book.Version;
            if (version == _saved) return;
            peers = [.. _book.Entries.Select(e => StoredPeer.Of(e, _options, now))];
        }

        if (!await file.SaveAsync(peers, cancellationToken).ConfigureAwait(false)) return;
        lock (_gate) _saved = version;
    }

    private TimeSpan Now() => _time.GetUtcNow() - DateTimeOffset.UnixEpoch;

    private PeerInfo Snapshot(PeerEntry entry, TimeSpan now) => new()
    {
        Id = entry.Id,
        Addresses = [.. _book.Ranked(entry, now).Select(a => a.Address)],
        Protocols = entry.Protocols,
        AgentVersion = entry.Agent,
        SignedRecord = entry.SignedRecord,
    };
}
