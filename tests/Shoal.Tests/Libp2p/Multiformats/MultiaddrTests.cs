using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Multiformats;

namespace Shoal.Tests.Libp2p.Multiformats;

public class MultiaddrTests
{
    private const string Id = "12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X";
    private const string OtherId = "QmbHVEEepCi7rn7VL7Exxpd2Ci9NNB6ifvqwhsrbRMgQFP";
    private const string Hash = "uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g";

    // js-libp2p 3.3.11
    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/4001", "047f000001060fa1")]
    [InlineData("/ip4/1.2.3.4/udp/4001/quic-v1", "040102030491020fa1cd03")]
    [InlineData("/dns4/example.com/tcp/443/tls/ws", "360b6578616d706c652e636f6d0601bbc003dd03")]
    [InlineData("/ip6/::1/tcp/80/ws", "2900000000000000000000000000000001060050dd03")]
    [InlineData("/ip4/1.2.3.4/udp/9090/webrtc-direct/certhash/uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g", "0401020304910223829802d203221220c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2")]
    [InlineData("/ip4/1.2.3.4/tcp/4001/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X/p2p-circuit", "0401020304060fa1a50326002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fca202")]
    [InlineData("/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X", "a50326002408011220cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc")]
    [InlineData("/dnsaddr/bootstrap.libp2p.io", "3813626f6f7473747261702e6c69627032702e696f")]
    // go-multiaddr, multiaddr_test.go
    [InlineData("/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321", "047f000001910204d2047f0000010610e1")]
    [InlineData("/onion/aaimaq4ygg2iegci:80", "bc030010c0439831b48218480050")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234", "bd03adadec040be047f9658668b11a504f3155001f231a37f54c4476c07fb4cc139ed7e30304d2")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq", "bf0320efbcd45d0c5dc79781ac6f20ea5055a036afb48d45a52e7d68ec7d4338919e69")]
    [InlineData("/ip6zone/eth0/ip6/::1", "2a04657468302900000000000000000000000000000001")]
    public void Has_the_bytes_that_others_write(string text, string hex)
    {
        Multiaddr address = Multiaddr.Parse(text);
        Assert.Equal(hex, Convert.ToHexStringLower(address.Bytes.Span));
        Assert.True(Multiaddr.TryRead(Convert.FromHexString(hex), out Multiaddr? read));
        Assert.Equal(text, read.ToString());
        Assert.Equal(address, read);
        Assert.Equal(address.GetHashCode(), read.GetHashCode());
    }

    public static readonly TheoryData<string> EveryProtocol = new(
        "/ip4/0.0.0.0", "/ip4/192.0.2.0/ipcidr/24", "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21", "/ip6/::ffff:127.0.0.1/tcp/111", "/ip6/2001:db8::/ipcidr/32",
        "/ip6zone/x%y/ip6/fe80::1/udp/1234/quic", "/dns/a.example/tcp/1", "/dns4/a.example", "/dns6/a.example", "/dnsaddr/a.example/p2p/" + Id,
        "/tcp/0", "/tcp/65535", "/udp/1234/utp", "/udp/1234/udt", "/dccp/7", "/udp/1234/sctp/1234",
        "/ip4/1.2.3.4/tcp/9090/http/p2p-webrtc-direct", "/dns4/x/tcp/443/wss/p2p-webrtc-star", "/dns4/x/tcp/443/ws/p2p-websocket-star", "/p2p-stardust",
        "/ip4/1.2.3.4/udp/1/webrtc-direct/certhash/" + Hash + "/certhash/" + Hash + "/p2p/" + Id,
        "/ip4/1.2.3.4/udp/1/quic-v1/webtransport/certhash/" + Hash + "/certhash/" + Hash,
        "/ip4/1.2.3.4/tcp/1/p2p/" + OtherId + "/p2p-circuit/webrtc/p2p/" + Id,
        "/ip4/1.2.3.4/tcp/1/p2p/" + OtherId + "/p2p-circuit/p2p/" + Id + "/p2p-circuit/p2p/" + OtherId,
        "/unix/a/b/c/d", "/unix/a%20b%25", "/tcp/1234/https", "/ip4/1.2.3.4/tcp/443/tls/sni/example.com/http/http-path/a%2Fb%3F", "/ip4/1.2.3.4/tcp/443/tls/sni/x.y/ws",
        "/ip4/1.2.3.4/tcp/127/noise", "/ip4/1.2.3.4/tcp/127/tls/plaintextv2", "/ip4/1.2.3.4/udp/1/quic/p2p/" + Id, "/memory/address-1", "/memory/42",
        "/onion/timaq4ygg2iegci7:80/http", "/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:80/http",
        "/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq/tcp/8080",
        "/garlic64/" + new string('~', 516) + "/http");

    [Theory]
    [MemberData(nameof(EveryProtocol))]
    public void Comes_back_from_bytes_as_it_was(string text)
    {
        Multiaddr address = Multiaddr.Parse(text);
        Assert.Equal(text, address.ToString());
        Assert.True(Multiaddr.TryRead(address.Bytes.Span, out Multiaddr? read));
        Assert.Equal(text, read.ToString());
        Assert.Equal(text, string.Concat(read.Parts.Select(p => p.Value.Length == 0 ? $"/{p.Protocol}" : $"/{p.Protocol}/{p.Value}")));
    }

    [Fact]
    public void The_round_trips_meet_every_protocol_of_the_table()
    {
        HashSet<string> met = [.. ((IEnumerable<object[]>)EveryProtocol).SelectMany(row => Multiaddr.Parse((string)row[0]).Parts).Select(p => p.Protocol)];
        Assert.Empty(MultiaddrProtocol.Names.Except(met));
    }

    [Theory]
    [InlineData("/ip4/300.1.1.1/tcp/1", "/ip4/300.1.1.1/tcp/1: \"300.1.1.1\" is not an IPv4 address")]
    [InlineData("/ip4/1.2.3.4/tcp/65536", "/ip4/1.2.3.4/tcp/65536: \"65536\" is not a port from 0 to 65535")]
    [InlineData("/ip4/1.2.3.4/tpc/1", "/ip4/1.2.3.4/tpc/1: \"tpc\" is not a protocol that is known here")]
    [InlineData("/ip4/1.2.3.4/tcp", "/ip4/1.2.3.4/tcp: /tcp needs a value: a port from 0 to 65535")]
    [InlineData("/p2p/12D3", "/p2p/12D3: \"12D3\" is not a peer id (12D3Koo…, Qm… or bafz…)")]
    [InlineData("localhost:80", "localhost:80: an address starts with \"/\", as in /ip4/127.0.0.1/tcp/4001")]
    [InlineData("/ip4/1.2.3.4//", "/ip4/1.2.3.4//: a protocol is missing: there is nothing between two slashes, or behind the only one")]
    [InlineData("/ip4/1.2.3.4/\u001b[31m", "/ip4/1.2.3.4/?[31m: \"?[31m\" is not a protocol that is known here")]
    public void An_error_says_which_part_is_wrong_and_what_was_expected(string text, string message)
    {
        Assert.False(Multiaddr.TryParse(text, out _, out string? error));
        Assert.Equal(message, error);
        Assert.Equal(message, Assert.Throws<FormatException>(() => Multiaddr.Parse(text)).Message);
    }

    // Most from go-multiaddr, multiaddr_test.go.
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/ip4")]
    [InlineData("/ip4/::1")]
    [InlineData("/ip4/1.2.3")]
    [InlineData("/ip4/01.2.3.4")]
    [InlineData("/ip4/0x7f.0.0.1")]
    [InlineData("/ip6/1.2.3.4")]
    [InlineData("/ip6/fe80::1%eth0")]
    [InlineData("/ip6/[::1]")]
    [InlineData("/ip4/::/ipcidr/256")]
    [InlineData("/ip6/::/ipcidr/1026")]
    [InlineData("/ip6zone")]
    [InlineData("/ip6zone/")]
    [InlineData("/ip6zone//ip6/fe80::1")]
    [InlineData("/udp/65536")]
    [InlineData("/tcp/-1")]
    [InlineData("/tcp/+1")]
    [InlineData("/tcp/ 1")]
    [InlineData("/tcp/01")]
    [InlineData("/quic/65536")]
    [InlineData("/quic-v1/65536")]
    [InlineData("/onion/9imaq4ygg2iegci7:80")]
    [InlineData("/onion/aaimaq4ygg2iegci7:80")]
    [InlineData("/onion/timaq4ygg2iegci7:0")]
    [InlineData("/onion/timaq4ygg2iegci7:-1")]
    [InlineData("/onion/timaq4ygg2iegci7")]
    [InlineData("/onion/timaq4ygg2iegci@:666")]
    [InlineData("/onion3/9ww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:80")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd7:80")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:0")]
    [InlineData("/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzu")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzu77")]
    [InlineData("/garlic32/566niximlxdzpanmn4qouucvua3k7neniwss47li5r6ugoertzuq:-1")]
    [InlineData("/garlic64/jT~IyXaoauTni6N4517EG8mrFUKpy0IlgZh")]
    [InlineData("/udp/1234/sctp")]
    [InlineData("/udp/1234/udt/1234")]
    [InlineData("/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash")]
    [InlineData("/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp")]
    [InlineData("/ip4/127.0.0.1/ipfs")]
    [InlineData("/ip4/127.0.0.1/ipfs/tcp")]
    [InlineData("/ip4/127.0.0.1/p2p/tcp")]
    [InlineData("/p2p/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl-")]
    [InlineData("/p2p/?unknownmultibase")]
    [InlineData("/p2p/k2jmtxwoe2phm1hbqp0e7nufqf6umvuu2e9qd7ana7h411a0haqj6i2z")]
    [InlineData("/unix")]
    [InlineData("/unix/")]
    [InlineData("/unix/%2")]
    [InlineData("/dns4/a b")]
    [InlineData("/dns4/a\u202eb")]
    [InlineData("/http-path/%zz")]
    public void Refuses_what_is_no_address(string text) => Assert.False(Multiaddr.TryParse(text, out _, out _));

    [Theory]
    [InlineData("")]
    [InlineData("04")]
    [InlineData("047f0000")]
    [InlineData("06ff")]
    [InlineData("ff")]
    [InlineData("8400")] // 4 in two bytes
    [InlineData("36ff7f61")] // a name longer than what is there
    [InlineData("3600")] // no name
    [InlineData("36026100")] // a control character
    [InlineData("3601ff")] // not UTF-8
    [InlineData("3603612f62")] // a slash
    [InlineData("a503221221c05877cbae039d70a5e600ea02c6f9f2942439285c9e344e26f8d280c850fad6")] // go-multiaddr: wrong digest length
    [InlineData("bc0300000000000000000000 0000")] // onion, port 0
    [InlineData("d203021220")] // certhash cut short
    [InlineData("7f")] // unknown protocol
    public void Refuses_bytes_that_are_no_address(string hex) => Assert.False(Multiaddr.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void Longer_than_its_limit_is_refused()
    {
        string part = "/dns4/" + new string('x', 250);
        Assert.True(Multiaddr.TryParse(string.Concat(Enumerable.Repeat(part, 4)), out Multiaddr? longest, out _));
        Assert.False(Multiaddr.TryParse(string.Concat(Enumerable.Repeat(part, 5)), out _, out string? error));
        Assert.EndsWith("its binary form has 1265 bytes, at most 1024 are allowed", error, StringComparison.Ordinal);
        Assert.False(Multiaddr.TryParse("/unix/" + new string('x', 100_000), out _, out _));
        Assert.Throws<ArgumentException>(() => longest.Append(longest));
    }

    [Fact]
    public void Old_spellings_are_read_and_new_ones_written()
    {
        Assert.Equal("/p2p/" + OtherId, Multiaddr.Parse("/ipfs/" + OtherId).ToString());
        Assert.Equal("/p2p/" + Id, Multiaddr.Parse("/p2p/bafzaajaiaejcbtwmcud5yho5okkzkhbjbcepbfnnxece2g3t22lonxyglvudxvh4").ToString());
        Assert.Equal("/ip4/127.0.0.1/tcp/1234", Multiaddr.Parse("/ip4/127.0.0.1/tcp/1234/").ToString());
        Assert.Equal("/unix/tmp/x", Multiaddr.Parse("/unix/%2Ftmp%2Fx").ToString());
        Assert.True(Multiaddr.Parse("/dns4/x/tcp/1/ipfs/" + OtherId).Has("p2p"));
    }

    [Fact]
    public void Knows_its_final_peer_only()
    {
        Assert.Equal(PeerId.Parse(Id), Multiaddr.Parse("/ip4/1.2.3.4/tcp/1/p2p/" + Id).PeerId);
        Assert.Null(Multiaddr.Parse("/ip4/1.2.3.4/tcp/1/p2p/" + Id + "/p2p-circuit").PeerId);
        Assert.Equal(PeerId.Parse(OtherId), Multiaddr.Parse("/ip4/1.2.3.4/tcp/1/p2p/" + Id + "/p2p-circuit/p2p/" + OtherId).PeerId);
        Assert.Null(Multiaddr.Parse("/ip4/1.2.3.4/tcp/1").PeerId);
    }

    [Fact]
    public void Takes_and_loses_a_final_peer()
    {
        PeerId id = PeerId.Parse(Id);
        Multiaddr bare = Multiaddr.Parse("/ip4/1.2.3.4/tcp/1");
        Multiaddr with = bare.WithPeerId(id);
        Assert.Equal("/ip4/1.2.3.4/tcp/1/p2p/" + Id, with.ToString());
        Assert.Same(with, with.WithPeerId(id));
        Assert.Equal("/ip4/1.2.3.4/tcp/1/p2p/" + OtherId, with.WithPeerId(PeerId.Parse(OtherId)).ToString());
        Assert.Equal(bare, with.WithoutPeerId());
        Assert.Same(bare, bare.WithoutPeerId());
        Multiaddr alone = Multiaddr.FromPeerId(id);
        Assert.Same(alone, alone.WithoutPeerId());
        Multiaddr circuit = with.Append(Multiaddr.Parse("/p2p-circuit"));
        Assert.Same(circuit, circuit.WithoutPeerId());
        Assert.Equal("/ip4/1.2.3.4/tcp/1/p2p/" + Id + "/p2p-circuit/p2p/" + OtherId, circuit.WithPeerId(PeerId.Parse(OtherId)).ToString());
        Assert.Throws<ArgumentException>(() => bare.WithPeerId(default));
    }

    [Theory]
    [InlineData("/ip4/1.2.3.4/tcp/4001", "1.2.3.4:4001")]
    [InlineData("/ip6/::1/tcp/4001", "[::1]:4001")]
    [InlineData("/ip6zone/2/ip6/fe80::1/tcp/4001", "[fe80::1%2]:4001")]
    [InlineData("/ip4/1.2.3.4/tcp/4001/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X", "1.2.3.4:4001")]
    [InlineData("/ip4/1.2.3.4/tcp/4001/ws", null)]
    [InlineData("/ip4/1.2.3.4/udp/4001", null)]
    [InlineData("/dns4/x/tcp/4001", null)]
    [InlineData("/ip4/1.2.3.4", null)]
    [InlineData("/tcp/1", null)]
    [InlineData("/ip6zone/2/ip4/1.2.3.4/tcp/1", null)]
    [InlineData("/ip4/1.2.3.4/tcp/4001/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X/p2p-circuit", null)]
    public void Gives_the_tcp_end_point_of_an_address_that_is_just_that(string text, string? endPoint)
    {
        Assert.Equal(endPoint is not null, Multiaddr.Parse(text).TryGetTcpEndPoint(out IPEndPoint? found));
        Assert.Equal(endPoint is null ? null : IPEndPoint.Parse(endPoint), found);
        if (found is not null) Assert.Equal(Multiaddr.Parse(text).WithoutPeerId(), Multiaddr.FromTcp(found));
    }

    [Fact]
    public void An_ipv4_address_inside_an_ipv6_one_is_written_as_ipv4() =>
        Assert.Equal("/ip4/1.2.3.4/tcp/7", Multiaddr.FromTcp(new IPEndPoint(IPAddress.Parse("::ffff:1.2.3.4"), 7)).ToString());

    [Fact]
    public void Text_of_any_valid_bytes_parses_back_to_them() => Prop.ForAll<byte[], int>((garbage, choice) =>
    {
        // Garbage behind the number of some protocol, so that some of it is valid.
        string name = MultiaddrProtocol.Names.ElementAt((choice & int.MaxValue) % MultiaddrProtocol.Names.Count());
        MultiaddrProtocol.TryFind(name, out MultiaddrProtocol? protocol);
        byte[] head = new byte[UnsignedVarint.MaxBytes * 2];
        int length = UnsignedVarint.Write(head, (ulong)protocol!.Code);
        if (protocol.Value.Size == MultiaddrValue.Variable) length += UnsignedVarint.Write(head.AsSpan(length), (ulong)garbage.Length);
        byte[] bytes = [.. head.AsSpan(0, length), .. garbage];
        return !Multiaddr.TryRead(bytes, out Multiaddr? address) || Multiaddr.Parse(address.ToString()).Bytes.Span.SequenceEqual(bytes);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Garbage_text_gives_a_message_and_nothing_else() => Prop.ForAll<string, string>((a, b) =>
    {
        string text = $"/{a}/{b}";
        return Multiaddr.TryParse(text, out Multiaddr? address, out string? error) ? address.Bytes.Length > 0 : error.Length > 0;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
