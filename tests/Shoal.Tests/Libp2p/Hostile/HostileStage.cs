using System.Net;
using Shoal.Crypto;
using Shoal.Crypto.Noise;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Muxing;
using Shoal.Libp2p.Protocols;
using Shoal.Libp2p.Security;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Libp2p.Hostile;

/// <summary>
/// A node under attack, an honest node connected to it, and a host that attacks, on a simulated network with 20 ms one way. Each
/// scenario ends with a look at the honest node: its connection is as it was, and newcomers are served.
/// </summary>
internal sealed class HostileStage
{
    private const int Port = 4001;

    private readonly SimulatedHost _victimHost;
    private readonly SimulatedHost _honestHost;
    private readonly List<Libp2pConnection> _atVictim = [];
    private byte _keys = 100;

    private HostileStage()
    {
        _victimHost = Network.AddHost("victim");
        _honestHost = Network.AddHost("honest");
        Attacker = Network.AddHost("attacker");
    }

    internal SimulatedNetwork Network { get; } = new(666);

    internal SimulatedHost Attacker { get; }

    internal Libp2pNode Victim { get; private set; } = null!;

    internal Libp2pNode Honest { get; private set; } = null!;

    internal IPEndPoint VictimEndPoint => new(_victimHost.Addresses[0], Port);

    internal TimeSpan Now => Network.Time.Elapsed;

    internal static void Run(Func<HostileStage, Task> attack)
    {
        var stage = new HostileStage();
        stage.Network.Run(async () =>
        {
            stage.Victim = await stage.StartAsync(stage._victimHost);
            stage.Honest = await stage.StartAsync(stage._honestHost);
            stage.Victim.PeerConnected += stage._atVictim.Add;
            Libp2pConnection honest = await stage.Honest.ConnectAsync(stage.Victim.Addresses[0]);
            await PingAsync(stage, honest);

            await attack(stage);

            Assert.False(honest.Closed.IsCompleted);
            await PingAsync(stage, honest);
            Libp2pNode newcomer = await stage.StartAsync(stage.Network.AddHost("newcomer"));
            await PingAsync(stage, await newcomer.ConnectAsync(stage.Victim.Addresses[0]));
            Assert.Equal([stage.Honest.Id, newcomer.Id], stage._atVictim.Where(c => !c.Closed.IsCompleted).Select(c => c.RemotePeer));
            await newcomer.DisposeAsync();
            await stage.Honest.DisposeAsync();
            await stage.Victim.DisposeAsync();
        });
    }

    internal static PrivateKey KeyOf(byte number) => PrivateKey.FromEd25519Seed([.. Enumerable.Repeat(number, 32)]);

    internal Task Pause(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Network.Time);

    /// <summary>A raw connection of the attacker to the victim.</summary>
    internal ValueTask<NetConnection> DialAsync(SimulatedHost? from = null) => (from ?? Attacker).ConnectAsync(VictimEndPoint, default);

    /// <summary>Reads until the victim ended or dropped the connection.</summary>
    /// <returns>How long it took.</returns>
    internal async Task<TimeSpan> UntilEndedAsync(NetConnection connection)
    {
        TimeSpan start = Now;
        byte[] buffer = new byte[4096];
        try
        {
            while (await connection.ReceiveAsync(buffer) > 0)
            {
                // What it answers until then is its business.
            }
        }
        catch (NetworkException)
        {
            // As it should be.
        }

        await connection.DisposeAsync();
        return Now - start;
    }

    /// <summary>An encrypted connection of the attacker, under a name of its own, for frames of its choice.</summary>
    internal async Task<(SecureChannel Channel, NetConnection Raw)> SecureAsync()
    {
        NetConnection raw = await DialAsync();
        var received = new ReceiveBuffer(raw);
        await MultistreamSelect.ProposeAsync(new RawStream(raw, received), [NoiseSecurity.Protocol], default);
        string[] muxers = [YamuxSession.Protocol];
        using var identity = new NoiseIdentity(KeyOf(_keys++), muxers);
        return ((await new NoiseSecurity(identity, muxers).SecureAsync(raw, received, initiator: true)).Channel, raw);
    }

    /// <summary>Sends bytes of one's choice to the victim's muxer.</summary>
    internal static async Task SendAsync(SecureChannel channel, ReadOnlyMemory<byte> plaintext)
    {
        for (int at = 0; at < plaintext.Length;)
        {
            int count = Math.Min(channel.MaxRecordPlaintext, plaintext.Length - at);
            byte[] record = new byte[channel.RecordPrefix + count + channel.RecordSuffix];
            plaintext.Slice(at, count).CopyTo(record.AsMemory(channel.RecordPrefix));
            channel.Seal(record);
            await channel.SendAsync(record);
            at += count;
        }
    }

    /// <summary>Reads from the victim's muxer until it ended or dropped the connection.</summary>
    internal async Task<TimeSpan> UntilEndedAsync(SecureChannel channel)
    {
        TimeSpan start = Now;
        try
        {
            while (!(await channel.ReadAsync()).IsEmpty)
            {
                // What it answers until then is its business.
            }
        }
        catch (NetworkException)
        {
            // As it should be.
        }

        await channel.DisposeAsync();
        return Now - start;
    }

    /// <summary>Runs the Noise handshake up to the third message, which carries a payload of the attacker's choice.</summary>
    /// <param name="payload">Gets the static public key of the handshake.</param>
    internal async Task<NetConnection> HandshakeWithAsync(Func<byte[], byte[]> payload)
    {
        byte[] secret = [.. Enumerable.Repeat((byte)9, 32)];
        byte[] publicKey = new byte[32];
        X25519.PublicKey(secret, publicKey);
        NetConnection raw = await DialAsync();
        var received = new ReceiveBuffer(raw);
        await MultistreamSelect.ProposeAsync(new RawStream(raw, received), [NoiseSecurity.Protocol], default);

        using var handshake = new NoiseHandshake(NoiseProtocol.XX25519ChaChaPolySha256, true, secret);
        byte[] buffer = new byte[8192];
        await SendFramedAsync(handshake.WriteMessage([], buffer));
        await received.FillAsync(2);
        int length = (received.Unread.Span[0] << 8) | received.Unread.Span[1];
        await received.FillAsync(2 + length);
        Assert.True(handshake.TryReadMessage(received.Unread.Span.Slice(2, length), buffer, out _));
        received.Consume(2 + length);
        await SendFramedAsync(handshake.WriteMessage(payload(publicKey), buffer));
        return raw;

        async Task SendFramedAsync(int count) =>
            await raw.SendAsync((byte[])[(byte)(count >> 8), (byte)count, .. buffer.AsSpan(0, count)]);
    }

    internal async Task<Libp2pNode> StartAsync(SimulatedHost host) => await Libp2pNode.StartAsync(new Libp2pOptions
    {
        Key = KeyOf((byte)(host.Name == "victim" ? 1 : host.Name == "honest" ? 2 : _keys++)),
        Network = host,
        Listen = [Multiaddr.Parse($"/ip4/{host.Addresses[0]}/tcp/{Port}")],
    });

    private static async Task PingAsync(HostileStage stage, Libp2pConnection connection)
    {
        await foreach (TimeSpan roundTrip in Ping.PingAsync(connection, stage.Network.Time))
        {
            Assert.Equal(TimeSpan.FromMilliseconds(40), roundTrip);
            return;
        }
    }
}
