using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Crypto.Noise;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Muxing;
using Shoal.Libp2p.Security;
using Shoal.Libp2p.Security.Messages;
using Shoal.Net;
using Shoal.Tests.Libp2p.Muxing;

namespace Shoal.Tests.Libp2p.Connections;

public class ConnectionUpgraderTests
{
    private static readonly PrivateKey Alice = PrivateKey.FromEd25519Seed(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly PrivateKey Bob = PrivateKey.FromEd25519Seed(Enumerable.Repeat((byte)2, 32).ToArray());

    [Theory]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Ecdsa)]
    [InlineData(KeyType.Rsa)]
    public async Task Both_sides_learn_who_the_other_is(KeyType type)
    {
        using PrivateKey dialer = PrivateKey.Generate(type);
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        Task<UpgradedConnection> accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
        UpgradedConnection ours = await Upgrader(dialer).UpgradeAsync(a, true, Bob.PeerId, default).WaitAsync(YamuxPair.Patience);
        UpgradedConnection theirs = await accepting.WaitAsync(YamuxPair.Patience);
        Assert.Equal(Bob.PeerId, ours.RemotePeer);
        Assert.Equal(dialer.PeerId, theirs.RemotePeer);
        Assert.Equal(("/noise", "/yamux/1.0.0"), (ours.Security, ours.Muxer));

        Task echoing = Task.CompletedTask;
        theirs.Session.Start(s => echoing = s.CopyToAsync(s));
        ours.Session.Start(_ => { });
        Libp2pStream stream = ours.Session.OpenStream();
        byte[] sent = RandomNumberGenerator.GetBytes(200_000);
        ValueTask writing = stream.WriteAsync(sent);
        byte[] got = new byte[sent.Length];
        await stream.ReadExactlyAsync(got).AsTask().WaitAsync(YamuxPair.Patience);
        await writing;
        Assert.Equal(sent, got);
        await ours.Session.DisposeAsync();
        await theirs.Session.DisposeAsync();
        await Assert.ThrowsAsync<ConnectionClosedException>(() => echoing.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task Another_peer_than_the_dialled_one_is_refused()
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        Task accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
        PeerIdentityException e = await Assert.ThrowsAsync<PeerIdentityException>(() => Upgrader(Alice).UpgradeAsync(a, true, PrivateKey.Generate().PeerId, default));
        Assert.Contains(Bob.PeerId.ToString(), e.Message, StringComparison.Ordinal);
        await accepting.WaitAsync(YamuxPair.Patience).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_connection_to_ourselves_is_refused()
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        Task accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
        await Assert.ThrowsAsync<PeerIdentityException>(() => Upgrader(Bob).UpgradeAsync(a, true, null, default));
        await Assert.ThrowsAnyAsync<ShoalException>(() => accepting.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task A_peer_that_claims_another_ones_identity_is_refused()
    {
        // Mallory shows Alice's public key, but can sign with her own only.
        using PrivateKey mallory = PrivateKey.Generate();
        byte[] payload = new NoiseHandshakePayload
        {
            IdentityKey = ByteString.CopyFrom(Alice.PublicKey.Protobuf.Span),
            IdentitySig = ByteString.CopyFrom(mallory.Sign("noise-libp2p-static-key:whatever"u8)),
        }.ToByteArray();
        await Assert.ThrowsAsync<PeerIdentityException>(() => ServeAsync(payload));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ffffffff")]
    [InlineData("0a00")]
    [InlineData("0a0408011220")] // a key that is cut off
    public async Task A_handshake_payload_without_a_key_is_refused(string hex) =>
        await Assert.ThrowsAsync<WireFormatException>(() => ServeAsync(Convert.FromHexString(hex)));

    [Fact]
    public async Task An_oversized_handshake_message_is_refused_before_it_is_read()
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        Task accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
        var plain = new RawStream(a, new ReceiveBuffer(a));
        await MultistreamSelect.ProposeAsync(plain, ["/noise"], default);
        await a.SendAsync(new byte[] { 0xff, 0xff });
        await Assert.ThrowsAsync<WireFormatException>(() => accepting.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task Cancelling_ends_a_handshake_that_stalls()
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        await using (a)
        {
            using var cancel = new CancellationTokenSource();
            Task accepting = Upgrader(Bob).UpgradeAsync(b, false, null, cancel.Token);
            await a.SendAsync(new byte[] { 0x13 });
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(YamuxPair.Patience));
        }
    }

    [Theory]
    [InlineData("0010" + "000102030405060708090a0b0c0d0e0f")] // a record that is not authentic
    [InlineData("0003" + "010203")] // shorter than a tag
    public async Task A_forged_record_costs_the_connection(string hex)
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        Task<UpgradedConnection> accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
        _ = await Upgrader(Alice).UpgradeAsync(a, true, null, default);
        UpgradedConnection theirs = await accepting;
        theirs.Session.Start(_ => { });
        await a.SendAsync(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<WireFormatException>(() => theirs.Session.Completion.WaitAsync(YamuxPair.Patience));
    }

    // Dials Bob by hand, with a handshake payload of the test's choice; gives what Bob's side ends with.
    private static async Task ServeAsync(byte[] payload)
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        await using (a)
        {
            Task accepting = Upgrader(Bob).UpgradeAsync(b, false, null, default);
            var received = new ReceiveBuffer(a);
            await MultistreamSelect.ProposeAsync(new RawStream(a, received), ["/noise"], default);
            using var handshake = new NoiseHandshake(NoiseProtocol.XX25519ChaChaPolySha256, true, RandomNumberGenerator.GetBytes(32));
            byte[] message = new byte[4096];
            await SendAsync(a, message, handshake.WriteMessage([], message.AsSpan(2)));
            await received.FillAsync(2);
            int length = BinaryPrimitives.ReadUInt16BigEndian(received.Unread.Span);
            await received.FillAsync(2 + length);
            Assert.True(handshake.TryReadMessage(received.Unread.Span.Slice(2, length), new byte[4096], out _));
            await SendAsync(a, message, handshake.WriteMessage(payload, message.AsSpan(2)));
            await accepting.WaitAsync(YamuxPair.Patience);
        }
    }

    private static ValueTask SendAsync(NetConnection connection, byte[] message, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        return connection.SendAsync(message.AsMemory(0, 2 + length));
    }

    private static ConnectionUpgrader Upgrader(PrivateKey key) => new(key, new YamuxOptions(), TimeProvider.System, NullLogger.Instance);
}
