using System.Text.Json.Serialization;
using Shoal.Libp2p.Identity;

namespace Shoal.Libp2p.Peers;

/// <summary>One line of the peer file. Times in milliseconds since the Unix epoch.</summary>
/// <remarks>Settable, because the generated reader gives null, and not the default, to what is <c>init</c> and absent.</remarks>
internal sealed record StoredPeer
{
    public string Id { get; set; } = "";

    public long Seen { get; set; }

    public bool Connected { get; set; }

    public string Agent { get; set; } = "";

    public IReadOnlyList<string> Protocols { get; set; } = [];

    public IReadOnlyList<StoredAddress> Addresses { get; set; } = [];

    /// <summary>The signed record, base 64.</summary>
    public byte[]? Record { get; set; }

    internal static StoredPeer Of(PeerEntry entry, PeerStoreOptions options, TimeSpan now) => new()
    {
        Id = entry.Id.ToString(),
        Seen = Milliseconds(entry.Seen),
        Connected = entry.WasConnected,
        Agent = entry.Agent,
        Protocols = entry.Protocols,
        Addresses = [.. entry.Addresses.Select(a => StoredAddress.Of(a, entry.Pins > 0 ? now + options.LearnedLife : TimeSpan.Zero))],
        Record = entry.SignedRecord.IsEmpty ? null : entry.SignedRecord.ToArray(),
    };

    /// <summary>Puts the peer into a book, as far as it is sound and within the limits.</summary>
    internal void RestoreTo(AddressBook book, PeerStoreOptions options, TimeSpan now)
    {
        if (!PeerId.TryParse(Id, out PeerId id)) return;
        PeerEntry entry = new(id)
        {
            Seen = Earlier(TimeSpan.FromMilliseconds(Math.Clamp(Seen, 0, MaxMilliseconds)), now),
            WasConnected = Connected,
            Agent = Agent.Length <= options.MaxAgentLength ? Agent : "",
            Protocols = [.. Protocols.Where(p => p is not null && p.Length <= options.MaxProtocolLength).Take(options.MaxProtocolsPerPeer)],
        };
        if (Record is not null && SignedEnvelope.TryPeek(Record, PeerRecord.PayloadType, out ReadOnlyMemory<byte> payload)
            && PeerRecord.TryRead(payload.Span, out PeerRecord? record) && record.PeerId == id)
        {
            entry.SignedRecord = Record;
            entry.Sequence = record.Sequence;
        }

        foreach (StoredAddress address in Addresses) address?.RestoreTo(book, entry, now);
        book.Restore(entry, now);
    }

    internal static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    internal static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>About the year 10,000: beyond it a time is nonsense.</summary>
    internal const long MaxMilliseconds = 253_402_300_799_999;
}

/// <summary>One address in the peer file.</summary>
internal sealed record StoredAddress
{
    public string Address { get; set; } = "";

    public AddressSource Source { get; set; }

    public long Until { get; set; }

    public long? Success { get; set; }

    internal static StoredAddress Of(KnownAddress known, TimeSpan atLeast) => new()
    {
        Address = known.Address.ToString(),
        Source = known.Source,
        Until = StoredPeer.Milliseconds(known.Until > atLeast ? known.Until : atLeast),
        Success = known.LastSuccess is { } success ? StoredPeer.Milliseconds(success) : null,
    };

    internal void RestoreTo(AddressBook book, PeerEntry entry, TimeSpan now)
    {
        if (!Multiaddr.TryParse(Address, out Multiaddr? address, out _) || !Enum.IsDefined(Source)) return;
        TimeSpan until = TimeSpan.FromMilliseconds(Math.Clamp(Until, 0, StoredPeer.MaxMilliseconds));
        if (book.Restored(entry, address, Source, until, now) is not { } known || Success is not { } success) return;
        known.LastSuccess = StoredPeer.Earlier(TimeSpan.FromMilliseconds(Math.Clamp(success, 0, StoredPeer.MaxMilliseconds)), now);
    }
}

/// <summary>The first line of the peer file.</summary>
internal sealed record StoredHeader
{
    /// <summary>Version of the format: 1.</summary>
    public int ShoalPeers { get; set; }
}

/// <summary>Generated readers and writers: no reflection at run time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredHeader))]
[JsonSerializable(typeof(StoredPeer))]
internal sealed partial class PeerFileJson : JsonSerializerContext;
