using System.Diagnostics.CodeAnalysis;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Net;

namespace Shoal.Libp2p.Discovery.Mdns;

/// <summary>A peer that was found, with its addresses, each ending in its id.</summary>
internal readonly record struct MdnsFinding(PeerId Peer, IReadOnlyList<Multiaddr> Addresses);

/// <summary>
/// Decides when to ask, when to answer and what an answer tells (libp2p specification, mdns; RFC 6762). Does no I/O.
/// </summary>
/// <remarks>
/// Everything is sent to the whole group, also answers to those who ask for a private one: on a local network the
/// others hear it gladly, and nobody can have answers sent to a victim. Not thread-safe; time is an argument.
/// </remarks>
internal sealed class MdnsCore
{
    /// <summary>Name whose PTR records list the services of a network (RFC 6763, section 9).</summary>
    internal static readonly DnsName Services = DnsName.Parse("_services._dns-sd._udp.local");

    /// <summary>A first query, and an answer that others may give too, waits this long at least (RFC 6762, sections 5.2 and 6).</summary>
    internal static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>… and this long at most.</summary>
    internal static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(120);

    /// <summary>Shortest time between two answers, and between two announcements (RFC 6762, sections 6 and 8.3).</summary>
    internal static readonly TimeSpan MinAnswerInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often news of ourselves are announced unasked (RFC 6762, section 8.3: at least twice).</summary>
    internal const int Announcements = 2;

    private readonly MdnsOptions _options;
    private readonly Random _random;
    private readonly PeerId _self;
    private readonly DnsName _service;
    private readonly DnsName _name;
    private readonly MdnsMemory _memory;
    private readonly Queue<byte[]> _outbox = new();

    private List<byte[]> _strings = [];
    private TimeSpan _queryAt;
    private TimeSpan _queryInterval;
    private TimeSpan? _answerAt;
    private TimeSpan? _answeredAt;
    private TimeSpan? _listAt;
    private TimeSpan? _listedAt;
    private int _announcementsLeft;
    private TimeSpan _windowStart;
    private int _windowPackets;

    /// <summary>Begins to ask.</summary>
    /// <exception cref="ArgumentException">The service name is not a domain name.</exception>
    internal MdnsCore(TimeSpan now, PeerId self, MdnsOptions options, Random random)
    {
        if (!DnsName.TryParse(options.ServiceName, out DnsName? service) || service.Wire.Length > DnsName.MaxWireBytes - DnsName.MaxLabelBytes - 1)
            throw new ArgumentException($"'{options.ServiceName}' is not a service name, or too long for one.", nameof(options));
        _options = options;
        _random = random;
        _self = self;
        _service = service;
        _name = DnsName.Parse(RandomLabel(random)).Under(service);
        _memory = new MdnsMemory(options);
        _windowStart = now;
        AskAnew(now);
    }

    /// <summary>Our name under the service: says nothing of who we are.</summary>
    internal DnsName Name => _name;

    /// <summary>When to call <see cref="TryNextPacket"/> again.</summary>
    internal TimeSpan NextDeadline => Earliest(Earliest(_queryAt, _answerAt), _listAt);

    private uint TimeToLiveSeconds => (uint)_options.TimeToLive.TotalSeconds;

    /// <summary>Takes the addresses that we have now. When they changed, they are announced.</summary>
    internal void OnAddresses(TimeSpan now, IReadOnlyList<Multiaddr> addresses)
    {
        List<byte[]> strings = MdnsAnswer.ToStrings(addresses, _self);
        if (strings.Count == _strings.Count && strings.Zip(_strings).All(p => p.First.AsSpan().SequenceEqual(p.Second))) return;
        _strings = strings;
        Announce(now);
    }

    /// <summary>Somebody new may hear us: ask and announce again.</summary>
    internal void OnNewInterface(TimeSpan now)
    {
        AskAnew(now);
        Announce(now);
    }

    /// <summary>Takes a packet of the group, our own included.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="isFromThisHost">True when its source address is one of this host's own.</param>
    /// <returns>Peers that are new, or have a new address.</returns>
    /// <exception cref="WireFormatException">It is not a DNS message.</exception>
    internal IReadOnlyList<MdnsFinding> OnPacket(TimeSpan now, ReadOnlySpan<byte> packet, bool isFromThisHost)
    {
        if (!Admit(now)) return [];
        if (packet.Length > DnsCodec.MaxMulticastBytes) throw new WireFormatException($"mDNS packet of {packet.Length} bytes, at most {DnsCodec.MaxMulticastBytes} allowed");
        DnsMessage message = DnsCodec.Read(packet);

        // Other operations and failed ones are to be ignored silently (RFC 6762, sections 18.3 and 18.11).
        if ((message.Flags & (DnsFlags.OpcodeMask | DnsFlags.ResponseCodeMask)) != 0) return [];
        if (message.IsResponse) return OnResponse(now, message, isFromThisHost);
        OnQuery(now, message);
        return [];
    }

    /// <summary>The next packet that is due, or false: wait for a packet or <see cref="NextDeadline"/>.</summary>
    internal bool TryNextPacket(TimeSpan now, [NotNullWhen(true)] out byte[]? packet)
    {
        if (_outbox.TryDequeue(out packet)) return true;

        if (_queryAt <= now)
        {
            _outbox.Enqueue(DnsCodec.ToBytes(new DnsMessage { Questions = [new DnsQuestion(_service, DnsType.Ptr)] }));
            _queryAt = now + _queryInterval;
            _queryInterval = Earliest(_queryInterval * 2, _options.MaxQueryInterval);
        }

        if (_answerAt <= now)
        {
            foreach (byte[] answer in MdnsAnswer.ToPackets(_service, _name, _strings, TimeToLiveSeconds)) _outbox.Enqueue(answer);
            _answeredAt = now;
            _answerAt = _announcementsLeft > 0 && --_announcementsLeft > 0 ? now + MinAnswerInterval : null;
        }

        if (_listAt <= now)
        {
            _outbox.Enqueue(MdnsAnswer.Listing(Services, _service, TimeToLiveSeconds));
            _listedAt = now;
            _listAt = null;
        }

        return _outbox.TryDequeue(out packet);
    }

    /// <summary>The packet to leave with; null when nothing was ever announced.</summary>
    internal byte[]? Goodbye() => _answeredAt is null ? null : MdnsAnswer.Goodbye(_service, _name);

    private void OnQuery(TimeSpan now, DnsMessage query)
    {
        foreach (DnsQuestion question in query.Questions)
        {
            if ((question.Class & ~DnsRecord.TopBit) is not (DnsRecord.Internet or (int)DnsType.Any)) continue;
            bool asksPointer = question.Type is DnsType.Ptr or DnsType.Any && question.Name.Equals(_service);
            bool asksText = question.Type is DnsType.Txt or DnsType.Any && question.Name.Equals(_name);
            if ((asksPointer && !IsKnown(query)) || asksText) AnswerSoon(now);
            if (question.Type is DnsType.Ptr or DnsType.Any && question.Name.Equals(Services)) _listAt ??= NotBefore(now + Delay(), _listedAt);
        }
    }

    /// <summary>True when the asker said that it has our answer, and for a while yet (RFC 6762, section 7.1).</summary>
    private bool IsKnown(DnsMessage query) => query.Answers.OfType<PtrRecord>()
        .Any(p => p.Name.Equals(_service) && p.Target.Equals(_name) && p.TimeToLive >= TimeToLiveSeconds / 2);

    private List<MdnsFinding> OnResponse(TimeSpan now, DnsMessage response, bool isFromThisHost)
    {
        List<MdnsFinding> findings = [];
        List<DnsRecord> records = [.. response.Answers, .. response.Additionals];
        foreach (PtrRecord pointer in records.OfType<PtrRecord>().Where(p => p.Name.Equals(_service)).DistinctBy(p => p.Target).Take(_options.MaxPeersPerPacket))
        {
            if (pointer.Target.Equals(_name)) continue;
            if (pointer.TimeToLive == 0) _memory.Forget(pointer.Target);
            else if (Read(now, pointer, records, isFromThisHost) is { } finding) findings.Add(finding);
        }

        return findings;
    }

    private MdnsFinding? Read(TimeSpan now, PtrRecord pointer, List<DnsRecord> records, bool isFromThisHost)
    {
        PeerId? peer = null;
        List<Multiaddr> addresses = [];
        foreach (byte[] text in records.OfType<TxtRecord>().Where(t => t.TimeToLive > 0 && t.Name.Equals(pointer.Target)).SelectMany(t => t.Strings))
        {
            if (addresses.Count == _options.MaxAddressesPerPeer) break;
            if (MdnsAnswer.FromString(text, isFromThisHost) is not { } address) continue;
            peer ??= address.PeerId;
            if (address.PeerId == peer && !addresses.Contains(address)) addresses.Add(address);
        }

        if (peer is not { } id || id == _self) return null;
        return _memory.Learn(now, id, pointer.Target, TimeSpan.FromSeconds(pointer.TimeToLive), addresses) is { } all ? new MdnsFinding(id, all) : null;
    }

    /// <summary>Counts packets per second, so that a flood costs no more than a fixed share of time.</summary>
    private bool Admit(TimeSpan now)
    {
        if (now - _windowStart >= TimeSpan.FromSeconds(1))
        {
            _windowStart = now;
            _windowPackets = 0;
        }

        return _windowPackets++ < _options.MaxPacketsPerSecond;
    }

    private void AskAnew(TimeSpan now)
    {
        _queryAt = now + Delay();
        _queryInterval = Earliest(_options.FirstQueryInterval, _options.MaxQueryInterval);
    }

    private void Announce(TimeSpan now)
    {
        if (_strings.Count == 0) return;
        _announcementsLeft = Announcements;
        AnswerSoon(now);
    }

    private void AnswerSoon(TimeSpan now)
    {
        if (_strings.Count > 0) _answerAt = Earliest(NotBefore(now + Delay(), _answeredAt), _answerAt);
    }

    private TimeSpan Delay() => MinDelay + ((MaxDelay - MinDelay) * _random.NextDouble());

    private static TimeSpan NotBefore(TimeSpan wanted, TimeSpan? last) =>
        last is { } at && at + MinAnswerInterval > wanted ? at + MinAnswerInterval : wanted;

    private static TimeSpan Earliest(TimeSpan one, TimeSpan? other) => other is { } at && at < one ? at : one;

    /// <summary>32 to 63 lower-case letters and digits (libp2p specification, mdns).</summary>
    private static string RandomLabel(Random random) =>
        string.Create(random.Next(32, DnsName.MaxLabelBytes + 1), random, static (label, r) => r.GetItems("abcdefghijklmnopqrstuvwxyz0123456789", label));
}
