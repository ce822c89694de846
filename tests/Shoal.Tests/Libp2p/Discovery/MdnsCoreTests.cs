using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Libp2p.Discovery.Mdns;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Discovery;

public class MdnsCoreTests
{
    private static readonly DnsName Service = DnsName.Parse("_p2p._udp.local");
    private static readonly DnsName Other = DnsName.Parse("other").Under(Service);
    private static readonly PeerId Self = Peer(1);
    private static readonly PeerId Friend = Peer(2);
    private static readonly MdnsOptions Options = new() { MaxPeersPerPacket = 2, MaxAddressesPerPeer = 3, MaxPeers = 4 };

    private readonly MdnsCore _core = new(TimeSpan.Zero, Self, Options, new Random(7));

    [Fact]
    public void The_name_is_random_lower_case_and_of_32_to_63_characters()
    {
        HashSet<string> names = [];
        for (int seed = 0; seed < 200; seed++)
        {
            string label = new MdnsCore(TimeSpan.Zero, Self, Options, new Random(seed)).Name.ToString().Split('.')[0];
            Assert.InRange(label.Length, 32, 63);
            Assert.All(label, c => Assert.True(c is (>= 'a' and <= 'z') or (>= '0' and <= '9')));
            names.Add(label);
        }

        Assert.Equal(200, names.Count);
    }

    [Fact]
    public void Queries_go_out_at_start_and_then_in_growing_intervals()
    {
        List<double> times = [];
        for (double now = 0; now < 250; now = _core.NextDeadline.TotalSeconds)
        {
            foreach (DnsMessage message in Send(now))
            {
                Assert.Equal(new DnsQuestion(Service, DnsType.Ptr), Assert.Single(message.Questions));
                Assert.False(message.IsResponse);
                times.Add(now);
            }
        }

        Assert.InRange(times[0], 0.02, 0.12);
        double[] pauses = [.. times.Zip(times.Skip(1), (a, b) => Math.Round(b - a, 3))];
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], pauses[..9]);
    }

    [Fact]
    public void A_new_interface_has_it_ask_and_announce_at_once()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Send(100);
        Send(101);
        Assert.Empty(Send(102));
        _core.OnNewInterface(At(110));
        Assert.Equal(2, Send(110.2).Count);
    }

    [Fact]
    public void A_query_is_answered_with_pointer_and_addresses()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001"), Address("/ip6/fd00::1/tcp/4001/ws")]);
        Settle();
        Take(_core, At(50), Query());
        Assert.InRange(_core.NextDeadline.TotalSeconds, 50.02, 50.12);

        DnsMessage answer = Assert.Single(Send(50.2));
        Assert.True(answer.IsResponse);
        Assert.Equal(DnsFlags.Response | DnsFlags.Authoritative, answer.Flags);
        Assert.Equal(new PtrRecord(Service, 120, _core.Name), Assert.Single(answer.Answers));
        var text = Assert.IsType<TxtRecord>(Assert.Single(answer.Additionals));
        Assert.Equal(_core.Name, text.Name);
        Assert.True(text.CacheFlush);
        Assert.Equal([$"dnsaddr=/ip4/10.0.0.1/tcp/4001/p2p/{Self}", $"dnsaddr=/ip6/fd00::1/tcp/4001/ws/p2p/{Self}"], text.Strings.Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public void Its_own_query_is_answered_too()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Settle();
        Assert.True(_core.TryNextPacket(At(300), out byte[]? query));
        Take(_core, At(300), query);
        Assert.True(Assert.Single(Send(300.2)).IsResponse);
    }

    [Fact]
    public void Many_queries_in_one_second_get_one_answer_and_the_last_of_them_is_not_forgotten()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Settle();
        for (int i = 0; i < 50; i++) Take(_core, At(50), Query());
        Assert.Single(Send(50.2));
        for (int i = 0; i < 50; i++) Take(_core, At(50.3), Query());
        Assert.Empty(Send(51.1));
        Assert.Single(Send(51.2));
        Assert.Empty(Send(55));
    }

    [Fact]
    public void Addresses_are_announced_twice_when_they_change_and_not_when_they_do_not()
    {
        _core.OnAddresses(At(20), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Assert.Contains(Send(20.2), m => m.IsResponse);
        Assert.Contains(Send(21.2), m => m.IsResponse);
        Assert.DoesNotContain(Send(30), m => m.IsResponse);

        _core.OnAddresses(At(31), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Assert.DoesNotContain(Send(31.2), m => m.IsResponse);
        _core.OnAddresses(At(32), [Address("/ip4/10.0.0.2/tcp/4001")]);
        Assert.Contains(Send(32.2), m => m.IsResponse);
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4/udp/1/quic-v1")]
    [InlineData("/dns4/example.com/tcp/4001")]
    [InlineData("/memory/1")]
    [InlineData("/ip4/1.2.3.4/tcp/1/p2p/12D3KooWAJjbRkp8FPF5MKgMU53aUTxWkqvDrs4zc1VMbwRwfsbE/p2p-circuit")]
    public void Addresses_of_no_use_on_a_local_network_are_not_announced(string address)
    {
        _core.OnAddresses(At(0), [Address(address)]);
        Take(_core, At(1), Query());
        Assert.All(Send(5), m => Assert.False(m.IsResponse));
        Assert.Null(_core.Goodbye());
    }

    [Fact]
    public void Addresses_that_do_not_fit_a_string_are_left_out_and_many_take_several_packets()
    {
        string tooLong = "/dns4/" + string.Concat(Enumerable.Repeat("abcdefghi.", 20)) + "local/tcp/4001";
        Multiaddr[] many = [.. Enumerable.Range(1, 40).Select(i => Address($"/ip4/10.0.0.{i}/tcp/4001"))];
        _core.OnAddresses(At(10), [Address(tooLong), .. many]);

        DnsMessage[] answers = [.. Send(10.2).Where(m => m.IsResponse)];
        Assert.InRange(answers.Length, 2, 10);
        Assert.All(answers, a => Assert.IsType<PtrRecord>(Assert.Single(a.Answers)));
        Assert.All(answers, a => Assert.True(DnsCodec.ToBytes(a).Length <= MdnsAnswer.MaxSentBytes));
        Assert.Equal(40, answers.SelectMany(a => a.Additionals).Cast<TxtRecord>().Sum(t => t.Strings.Count));
    }

    [Fact]
    public void An_asker_that_knows_the_answer_gets_none()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Settle();
        Take(_core, At(50), Query(new PtrRecord(Service, 60, _core.Name)));
        Assert.Empty(Send(51));
        Take(_core, At(52), Query(new PtrRecord(Service, 59, _core.Name)));
        Assert.Single(Send(52.2));
    }

    [Fact]
    public void Whoever_asks_which_services_there_are_hears_of_ours_once_a_second()
    {
        byte[] query = DnsCodec.ToBytes(new DnsMessage { Questions = [new DnsQuestion(MdnsCore.Services, DnsType.Ptr)] });
        Settle();
        for (int i = 0; i < 20; i++) Take(_core, At(50), query);
        DnsMessage answer = Assert.Single(Send(50.2));
        Assert.Equal(new PtrRecord(MdnsCore.Services, 120, Service), Assert.Single(answer.Answers));
    }

    [Fact]
    public void Other_questions_operations_and_errors_get_no_answer()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Settle();
        Take(_core, At(50), Query(name: DnsName.Parse("_ipp._tcp.local")));
        Take(_core, At(50), Query(type: DnsType.Srv));
        Take(_core, At(50), DnsCodec.ToBytes(new DnsMessage { Flags = (DnsFlags)0x2800, Questions = [new DnsQuestion(Service, DnsType.Ptr)] }));
        Take(_core, At(50), DnsCodec.ToBytes(new DnsMessage { Flags = (DnsFlags)3, Questions = [new DnsQuestion(Service, DnsType.Ptr)] }));
        Assert.Empty(Send(51));
    }

    [Fact]
    public void A_peer_is_found_in_additional_records_of_one_text_with_many_strings()
    {
        IReadOnlyList<MdnsFinding> findings = Take(_core, At(1), Response([Pointer()], [Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"), "other=1", Dnsaddr("/ip4/10.0.0.3/tcp/1"))]));
        MdnsFinding finding = Assert.Single(findings);
        Assert.Equal(Friend, finding.Peer);
        Assert.Equal([$"/ip4/10.0.0.2/tcp/1/p2p/{Friend}", $"/ip4/10.0.0.3/tcp/1/p2p/{Friend}"], finding.Addresses.Select(a => a.ToString()));
    }

    [Fact]
    public void A_peer_is_found_in_answers_of_one_text_per_address_as_js_sends_them()
    {
        MdnsFinding finding = Assert.Single(Take(_core, At(1), Response([Pointer(), Text(Dnsaddr("/ip4/10.0.0.2/tcp/1")), Text(Dnsaddr("/ip4/10.0.0.3/tcp/1"))])));
        Assert.Equal(2, finding.Addresses.Count);
    }

    [Fact]
    public void A_peer_is_not_told_of_again_within_its_lifetime_unless_it_has_a_new_address()
    {
        byte[] first = Response([Pointer(), Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"))]);
        Assert.Single(Take(_core, At(1), first));
        Assert.Empty(Take(_core, At(2), first));
        Assert.Empty(Take(_core, At(100), first)); // Lives on until 220.
        Assert.Equal(2, Assert.Single(Take(_core, At(130), Response([Pointer(), Text(Dnsaddr("/ip4/10.0.0.3/tcp/1"))]))).Addresses.Count);
        Assert.Single(Assert.Single(Take(_core, At(300), first)).Addresses);
    }

    [Fact]
    public void A_peer_that_said_goodbye_is_told_of_when_it_is_back()
    {
        byte[] hello = Response([Pointer(), Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"))]);
        Assert.Single(Take(_core, At(1), hello));
        Assert.Empty(Take(_core, At(2), Response([Pointer(ttl: 0), Text(Dnsaddr("/ip4/10.0.0.9/tcp/1"))])));
        Assert.Single(Take(_core, At(3), hello));
    }

    [Fact]
    public void Our_goodbye_has_no_addresses_and_is_understood()
    {
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        Settle();
        DnsMessage goodbye = DnsCodec.Read(_core.Goodbye());
        Assert.Equal(new PtrRecord(Service, 0, _core.Name), Assert.Single(goodbye.Answers));
        Assert.Empty(goodbye.Additionals);
    }

    [Fact]
    public void What_we_say_ourselves_is_not_a_finding()
    {
        _core.OnAddresses(At(10), [Address("/ip4/10.0.0.1/tcp/4001")]);
        foreach (DnsMessage sent in Send(10.2)) Assert.Empty(Take(_core, At(10.3), DnsCodec.ToBytes(sent)));

        // Under another name, too: a second responder of the same node.
        Assert.Empty(Take(_core, At(10.4), Response([Pointer(), Text($"dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/{Self}")])));
    }

    [Fact]
    public void Two_nodes_find_each_other()
    {
        var other = new MdnsCore(TimeSpan.Zero, Friend, Options, new Random(8));
        _core.OnAddresses(At(0), [Address("/ip4/10.0.0.1/tcp/4001")]);
        other.OnAddresses(At(0), [Address("/ip4/10.0.0.2/tcp/4001")]);
        HashSet<PeerId> found = [];
        for (double now = 0; now < 0.3; now += 0.01)
        {
            foreach (MdnsCore core in (MdnsCore[])[_core, other])
            {
                while (core.TryNextPacket(At(now), out byte[]? packet))
                {
                    found.UnionWith(Take(_core, At(now), packet).Select(f => f.Peer));
                    found.UnionWith(Take(other, At(now), packet).Select(f => f.Peer));
                }
            }
        }

        Assert.Equal(2, found.Count);
    }

    [Theory]
    [InlineData("/ip4/10.0.0.2/tcp/1")] // no peer
    [InlineData("/dns4/victim.example/tcp/1/p2p/@")]
    [InlineData("/dnsaddr/victim.example/p2p/@")]
    [InlineData("/memory/1/p2p/@")]
    [InlineData("/ip4/10.0.0.2/tcp/1/p2p/@/p2p-circuit/p2p/@")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void Addresses_that_nobody_should_dial_are_not_believed(string address)
    {
        string text = "dnsaddr=" + address.Replace("@", Friend.ToString(), StringComparison.Ordinal);
        Assert.Empty(Take(_core, At(1), Response([Pointer(), Text(text)])));
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1")]
    [InlineData("/ip4/127.9.9.9/tcp/1")]
    [InlineData("/ip6/::1/tcp/1")]
    public void Loopback_addresses_are_believed_only_from_this_host(string address)
    {
        byte[] packet = Response([Pointer(), Text(Dnsaddr(address))]);
        Assert.Empty(Take(_core, At(1), packet));
        Assert.Single(Take(_core, At(2), packet, isFromThisHost: true));
    }

    [Fact]
    public void Loopback_addresses_are_announced_only_where_there_is_nothing_else()
    {
        _core.OnAddresses(At(10), [Address("/ip4/127.0.0.1/tcp/1"), Address("/ip6/::1/tcp/1")]);
        Assert.Equal(2, ((TxtRecord)Send(10.2).Single(m => m.IsResponse).Additionals[0]).Strings.Count);
        _core.OnAddresses(At(20), [Address("/ip4/127.0.0.1/tcp/1"), Address("/ip4/10.0.0.1/tcp/1")]);
        byte[] only = Assert.Single(((TxtRecord)Send(20.2).Single(m => m.IsResponse).Additionals[0]).Strings);
        Assert.StartsWith("dnsaddr=/ip4/10.0.0.1/", Encoding.ASCII.GetString(only), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_no_pointer_of_the_service_leads_to_are_ignored()
    {
        TxtRecord text = Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"));
        Assert.Empty(Take(_core, At(1), Response([text])));
        Assert.Empty(Take(_core, At(1), Response([new PtrRecord(DnsName.Parse("_x._udp.local"), 120, Other), text])));
        Assert.Empty(Take(_core, At(1), Response([Pointer()], [text with { Name = DnsName.Parse("third").Under(Service) }])));
    }

    [Fact]
    public void Only_addresses_of_the_first_peer_named_are_taken_and_only_so_many()
    {
        string[] texts = [Dnsaddr("/ip4/10.0.0.2/tcp/1"), $"dnsaddr=/ip4/10.0.0.3/tcp/1/p2p/{Peer(9)}", .. Enumerable.Range(4, 20).Select(i => Dnsaddr($"/ip4/10.0.0.{i}/tcp/1"))];
        MdnsFinding finding = Assert.Single(Take(_core, At(1), Response([Pointer(), Text(texts)])));
        Assert.Equal(Options.MaxAddressesPerPeer, finding.Addresses.Count);
        Assert.All(finding.Addresses, a => Assert.Equal(Friend, a.PeerId));

        // And over many packets, too.
        for (int i = 30; i < 60; i++) Assert.Empty(Take(_core, At(2), Response([Pointer(), Text(Dnsaddr($"/ip4/10.0.0.{i}/tcp/1"))])));
    }

    [Fact]
    public void Only_so_many_peers_of_one_packet_are_taken()
    {
        DnsRecord[] records =
        [
            .. Enumerable.Range(10, 10).SelectMany(i => (DnsRecord[])
            [
                new PtrRecord(Service, 120, DnsName.Parse($"n{i}").Under(Service)),
                new TxtRecord(DnsName.Parse($"n{i}").Under(Service), 120, [Encoding.ASCII.GetBytes($"dnsaddr=/ip4/10.0.0.2/tcp/1/p2p/{Peer((byte)i)}")]),
            ]),
        ];
        Assert.Equal(Options.MaxPeersPerPacket, Take(_core, At(1), Response(records)).Count);
    }

    [Fact]
    public void Memory_is_bounded_and_forgets_the_peer_not_heard_of_for_longest()
    {
        var memory = new MdnsMemory(Options);
        for (byte i = 10; i < 100; i++) Assert.NotNull(Learn(i, i));
        Assert.Equal(Options.MaxPeers, memory.Count);
        Assert.Null(Learn(99, 101));
        Assert.NotNull(Learn(10, 102));

        IReadOnlyList<Multiaddr>? Learn(byte peer, double now) => memory.Learn(At(now), Peer(peer), Other, TimeSpan.FromMinutes(2), [Address("/ip4/10.0.0.2/tcp/1")]);
    }

    [Fact]
    public void A_lifetime_beyond_all_measure_is_cut()
    {
        byte[] packet = Response([Pointer(ttl: uint.MaxValue), Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"))]);
        Assert.Single(Take(_core, At(1), packet));
        Assert.Empty(Take(_core, At(2), packet));
        Assert.Single(Take(_core, At(3) + MdnsMemory.MaxTimeToLive, packet));
    }

    [Fact]
    public void A_flood_is_dropped_unread_beyond_so_many_packets_a_second()
    {
        for (int i = 0; i < Options.MaxPacketsPerSecond; i++) Assert.Throws<WireFormatException>(() => Take(_core, At(1), [1]));
        Assert.Empty(Take(_core, At(1.5), [1]));
        Assert.Throws<WireFormatException>(() => Take(_core, At(2.1), [1]));
    }

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception()
    {
        var core = new MdnsCore(TimeSpan.Zero, Self, Options with { MaxPacketsPerSecond = int.MaxValue }, new Random(7));
        byte[] good = Response([Pointer(), Text(Dnsaddr("/ip4/10.0.0.2/tcp/1"))]);
        var random = new Random(3);
        Prop.ForAll<byte[]>(bytes => Takes(core, bytes ?? [])).QuickCheckThrowOnFailure();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = [.. good];
            for (int n = random.Next(1, 4); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            Assert.True(Takes(core, bad));
        }

        Assert.Throws<WireFormatException>(() => Take(core, At(1), new byte[DnsCodec.MaxMulticastBytes + 1]));
    }

    [Fact]
    public void A_service_name_that_is_none_is_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => new MdnsCore(TimeSpan.Zero, Self, Options with { ServiceName = "a..b" }, new Random(1)));
        Assert.Throws<ArgumentException>(() => new MdnsCore(TimeSpan.Zero, Self, Options with { ServiceName = string.Join('.', Enumerable.Repeat("abcdefghi", 22)) }, new Random(1)));
    }

    private static IReadOnlyList<MdnsFinding> Take(MdnsCore core, TimeSpan now, byte[] packet, bool isFromThisHost = false) => core.OnPacket(now, packet, isFromThisHost);

    internal static PeerId Peer(byte n)
    {
        byte[] multihash = [0, 36, 8, 1, 18, 32, .. Enumerable.Repeat(n, 32)];
        Assert.True(PeerId.TryRead(multihash, out PeerId id));
        return id;
    }

    private static bool Takes(MdnsCore core, byte[] bytes)
    {
        try
        {
            Take(core, At(1), bytes);
            return true;
        }
        catch (WireFormatException)
        {
            return true;
        }
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Multiaddr Address(string text) => Multiaddr.Parse(text);

    private static string Dnsaddr(string address) => $"dnsaddr={address}/p2p/{Friend}";

    private static PtrRecord Pointer(uint ttl = 120) => new(Service, ttl, Other);

    private static TxtRecord Text(params string[] texts) => new(Other, 120, [.. texts.Select(Encoding.UTF8.GetBytes)]);

    private static byte[] Response(DnsRecord[] answers, DnsRecord[]? additionals = null) =>
        DnsCodec.ToBytes(new DnsMessage { Flags = DnsFlags.Response, Answers = answers, Additionals = additionals ?? [] });

    private static byte[] Query(DnsRecord? known = null, DnsName? name = null, DnsType type = DnsType.Ptr) =>
        DnsCodec.ToBytes(new DnsMessage { Questions = [new DnsQuestion(name ?? Service, type)], Answers = known is null ? [] : [known] });

    /// <summary>Lets the first queries and announcements pass; the next query of its own is due at about 63 s.</summary>
    private void Settle()
    {
        while (_core.NextDeadline < At(45)) Send(_core.NextDeadline.TotalSeconds);
    }

    private List<DnsMessage> Send(double now)
    {
        List<DnsMessage> sent = [];
        while (_core.TryNextPacket(At(now), out byte[]? packet)) sent.Add(DnsCodec.Read(packet));
        return sent;
    }
}
