using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Identity;
using Shoal.Libp2p.Peers;

namespace Shoal.Tests.Libp2p.Peers;

public class PeerStoreTests
{
    private static readonly PeerId Anna = Peer(1);
    private static readonly PeerId Ben = Peer(2);

    private readonly ManualClock _clock = new();

    [Fact]
    public void Knows_nothing_of_strangers_and_all_that_it_was_told_of_others()
    {
        PeerStore store = new(time: _clock);
        Assert.Null(store.Find(Anna));
        Assert.Empty(store.All);

        store.AddAddresses(Anna, [Tcp(1), Tcp(1), Tcp(2).WithPeerId(Anna)]);
        store.SetIdentify(Anna, new IdentifyInfo { AgentVersion = "js-libp2p/3.3.11", Protocols = ["/echo/1.0.0"], ListenAddresses = [Tcp(3)] });
        PeerInfo info = store.Find(Anna)!;
        Assert.Equal([Tcp(3), Tcp(1), Tcp(2)], info.Addresses);
        Assert.Equal("js-libp2p/3.3.11", info.AgentVersion);
        Assert.Equal(["/echo/1.0.0"], info.Protocols);
        Assert.Equal(Anna, Assert.Single(store.All).Id);
        Assert.True(store.Remove(Anna));
        Assert.Null(store.Find(Anna));
    }

    [Fact]
    public void Addresses_of_other_peers_bare_ids_and_monsters_are_ignored()
    {
        PeerStore store = new(time: _clock);
        store.AddAddresses(Anna, [Tcp(1).WithPeerId(Ben), Multiaddr.FromPeerId(Anna), Multiaddr.Parse("/unix/" + new string('x', 600))]);
        Assert.Null(store.Find(Anna));
        store.AddAddresses(default, [Tcp(1)]);
        store.OnDialFailed(Anna, Tcp(1));
        Assert.Empty(store.All);
        Assert.Throws<ArgumentException>(() => store.Pin(default));
    }

    [Fact]
    public void A_told_address_lives_an_hour_and_a_confirmed_one_a_week()
    {
        PeerStore store = new(time: _clock);
        store.AddAddresses(Anna, [Tcp(1), Tcp(2)]);
        store.AddAddresses(Anna, [Tcp(3)], life: TimeSpan.FromMinutes(2));
        store.OnDialSucceeded(Anna, Tcp(2));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([Tcp(2), Tcp(1)], store.Find(Anna)!.Addresses);
        store.AddAddresses(Anna, [Tcp(1)]); // Told again: another hour.
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal([Tcp(2), Tcp(1)], store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([Tcp(2)], store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromDays(7));
        Assert.Empty(store.All);
    }

    [Fact]
    public void A_connected_peer_is_not_forgotten_before_its_last_connection_is_gone()
    {
        PeerStore store = new(time: _clock);
        store.Pin(Anna);
        store.Pin(Anna);
        store.SetIdentify(Anna, new IdentifyInfo { ListenAddresses = [Tcp(1)] });
        _clock.Advance(TimeSpan.FromDays(30));
        store.Unpin(Anna);
        Assert.Equal([Tcp(1)], store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromDays(30));
        store.Unpin(Anna);
        store.Unpin(Anna);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal([Tcp(1)], store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromHours(6));
        Assert.Empty(store.All);
    }

    [Fact]
    public void The_best_address_comes_first()
    {
        PeerStore store = new(time: _clock);
        store.AddAddresses(Anna, [Tcp(1), Tcp(2)]);
        store.AddAddresses(Anna, [Tcp(3)], AddressSource.Identified);
        store.AddAddresses(Anna, [Tcp(4)], AddressSource.Given);
        Assert.Equal([Tcp(4), Tcp(3), Tcp(1), Tcp(2)], store.Find(Anna)!.Addresses);

        store.OnDialSucceeded(Anna, Tcp(2));
        _clock.Advance(TimeSpan.FromSeconds(1));
        store.OnDialSucceeded(Anna, Tcp(1).WithPeerId(Anna));
        Assert.Equal([Tcp(1), Tcp(2), Tcp(4), Tcp(3)], store.Find(Anna)!.Addresses);

        store.OnDialFailed(Anna, Tcp(1));
        store.OnDialFailed(Anna, Tcp(1));
        store.OnDialFailed(Anna, Tcp(4));
        Assert.Equal([Tcp(2), Tcp(3), Tcp(4), Tcp(1)], store.Find(Anna)!.Addresses);
        _clock.Advance(TimeSpan.FromMinutes(10)); // Failures are forgiven.
        Assert.Equal([Tcp(1), Tcp(2), Tcp(4), Tcp(3)], store.Find(Anna)!.Addresses);
        store.OnDialFailed(Anna, Tcp(2));
        store.OnDialSucceeded(Anna, Tcp(2));
        Assert.Equal(Tcp(2), store.Find(Anna)!.Addresses[0]);
    }

    [Fact]
    public void A_new_list_of_listen_addresses_replaces_the_old_one_except_what_worked()
    {
        PeerStore store = new(time: _clock);
        store.SetIdentify(Anna, new IdentifyInfo { ListenAddresses = [Tcp(1), Tcp(2)], AgentVersion = "a" });
        store.OnDialSucceeded(Anna, Tcp(1));
        store.AddAddresses(Anna, [Tcp(9)]);
        store.SetIdentify(Anna, new IdentifyInfo { ListenAddresses = [Tcp(3)], AgentVersion = "b" });
        Assert.Equal([Tcp(1), Tcp(3), Tcp(9)], store.Find(Anna)!.Addresses);
        Assert.Equal("b", store.Find(Anna)!.AgentVersion);
        store.SetIdentify(Anna, new IdentifyInfo()); // Does not listen, or does not say where.
        Assert.Equal(3, store.Find(Anna)!.Addresses.Count);
    }

    [Fact]
    public void One_peer_cannot_fill_the_store_and_inventions_do_not_wash_out_what_works()
    {
        PeerStoreOptions options = new() { MaxAddressesPerPeer = 4 };
        PeerStore store = new(options, _clock);
        store.AddAddresses(Anna, Enumerable.Range(1, 4).Select(Tcp));
        store.OnDialSucceeded(Anna, Tcp(4));
        store.AddAddresses(Anna, Enumerable.Range(100, 1000).Select(Tcp));
        Assert.Equal([Tcp(4), Tcp(1), Tcp(2), Tcp(3)], store.Find(Anna)!.Addresses);
        store.AddAddresses(Anna, [Tcp(50)], AddressSource.Certified); // The better source makes the worst go.
        Assert.Equal([Tcp(4), Tcp(50), Tcp(1), Tcp(2)], store.Find(Anna)!.Addresses);
        store.OnDialSucceeded(Anna, Tcp(60));
        Assert.Contains(Tcp(60), store.Find(Anna)!.Addresses);

        store.SetIdentify(Anna, new IdentifyInfo
        {
            AgentVersion = new string('a', 10_000),
            Protocols = [new string('p', 10_000), .. Enumerable.Range(0, 1000).Select(i => $"/p/{i}")],
        });
        PeerInfo info = store.Find(Anna)!;
        Assert.Equal(options.MaxAgentLength, info.AgentVersion.Length);
        Assert.Equal(options.MaxProtocolsPerPeer, info.Protocols.Count);
        Assert.Equal("/p/0", info.Protocols[0]);
    }

    [Fact]
    public void A_full_store_drops_mere_hearsay_first_and_connected_peers_never()
    {
        PeerStore store = new(new PeerStoreOptions { MaxPeers = 32 }, _clock);
        store.Pin(Peer(1000));
        store.OnDialSucceeded(Peer(1001), Tcp(1));
        for (int i = 0; i < 500; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            store.AddAddresses(Peer(i), [Tcp(1)]);
            Assert.True(store.All.Count <= 32);
        }

        Assert.NotNull(store.Find(Peer(1000)));
        Assert.NotNull(store.Find(Peer(1001)));
        Assert.NotNull(store.Find(Peer(499)));
        Assert.Null(store.Find(Peer(0)));
    }

    [Fact]
    public void A_store_full_of_connected_peers_takes_no_hearsay_but_another_connected_one()
    {
        PeerStore store = new(new PeerStoreOptions { MaxPeers = 2 }, _clock);
        store.Pin(Peer(1));
        store.Pin(Peer(2));
        store.AddAddresses(Peer(3), [Tcp(1)]);
        Assert.Null(store.Find(Peer(3)));
        store.Pin(Peer(4));
        Assert.Equal(3, store.All.Count);
    }

    [Fact]
    public void Only_a_newer_signed_record_of_the_peer_itself_counts()
    {
        using PrivateKey key = PrivateKey.Generate();
        using PrivateKey other = PrivateKey.Generate();
        PeerStore store = new(time: _clock);
        ReadOnlyMemory<byte> first = PeerRecord.Sign(key, 5, [Tcp(1)]).Bytes;
        Assert.Equal(SignedRecordOutcome.Accepted, store.AddSignedRecord(key.PeerId, first.Span));
        Assert.Equal(SignedRecordOutcome.Stale, store.AddSignedRecord(key.PeerId, first.Span));
        Assert.Equal(SignedRecordOutcome.Stale, store.AddSignedRecord(key.PeerId, PeerRecord.Sign(key, 4, [Tcp(2)]).Bytes.Span));
        Assert.Equal(SignedRecordOutcome.Invalid, store.AddSignedRecord(other.PeerId, PeerRecord.Sign(key, 6, [Tcp(2)]).Bytes.Span));
        Assert.Equal(SignedRecordOutcome.Invalid, store.AddSignedRecord(key.PeerId, first.Span[1..]));
        Assert.Equal([Tcp(1)], store.Find(key.PeerId)!.Addresses);
        Assert.Equal(first.ToArray(), store.Find(key.PeerId)!.SignedRecord.ToArray());

        ReadOnlyMemory<byte> second = PeerRecord.Sign(key, 6, [Tcp(2)]).Bytes;
        Assert.Equal(SignedRecordOutcome.Accepted, store.AddSignedRecord(key.PeerId, second.Span));
        Assert.Equal([Tcp(2)], store.Find(key.PeerId)!.Addresses);
        Assert.Equal(second.ToArray(), store.Find(key.PeerId)!.SignedRecord.ToArray());
        Assert.Null(store.Find(other.PeerId));
    }

    [Fact]
    public void Whatever_happens_the_bounds_hold() => Prop.ForAll<(byte Action, byte Peer, byte Port)[]>(actions =>
    {
        PeerStoreOptions options = new() { MaxPeers = 4, MaxAddressesPerPeer = 3 };
        PeerStore store = new(options, _clock);
        Dictionary<PeerId, int> pins = [];
        foreach ((byte action, byte number, byte port) in actions)
        {
            PeerId peer = Peer(number % 16);
            switch (action % 7)
            {
                case 0: store.AddAddresses(peer, [Tcp(port), Tcp(port + 1)], (AddressSource)(port % 4)); break;
                case 1: store.SetIdentify(peer, new IdentifyInfo { ListenAddresses = [Tcp(port)] }); break;
                case 2: store.OnDialSucceeded(peer, Tcp(port)); break;
                case 3: store.OnDialFailed(peer, Tcp(port)); break;
                case 4: _clock.Advance(TimeSpan.FromMinutes(port)); break;
                case 5:
                    store.Pin(peer);
                    pins[peer] = pins.GetValueOrDefault(peer) + 1;
                    break;
                default:
                    store.Unpin(peer);
                    pins[peer] = Math.Max(0, pins.GetValueOrDefault(peer) - 1);
                    break;
            }

            int pinned = pins.Values.Count(p => p > 0);
            IReadOnlyList<PeerInfo> all = store.All;
            if (all.Count > Math.Max(options.MaxPeers, pinned) + options.MaxPeers || all.Any(p => p.Addresses.Count > 3)) return false;
            if (pins.Any(p => p.Value > 0 && store.Find(p.Key) is null)) return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    internal static Multiaddr Tcp(int port) => Multiaddr.Parse($"/ip4/10.0.0.1/tcp/{port}");

    internal static PeerId Peer(int number)
    {
        Assert.True(PeerId.TryRead([0x12, 0x20, (byte)(number >> 8), (byte)number, .. new byte[30]], out PeerId id));
        return id;
    }
}
