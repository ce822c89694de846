using FsCheck;
using FsCheck.Fluent;
using Shoal.Crypto;
using Shoal.Crypto.Noise;

namespace Shoal.Tests.Crypto.Noise;

public class NoiseHandshakeTests
{
    private static readonly NoiseProtocol XX = NoiseProtocol.XX25519ChaChaPolySha256;

    public static TheoryData<string> VectorNames => [.. NoiseVectors.All.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(VectorNames))]
    public void Vectors_of_cacophony_hold(string name)
    {
        (_, string hash, string[] messages) = NoiseVectors.All.Single(v => v.Name == name);
        NoiseProtocol protocol = Protocol(name);
        using NoiseHandshake initiator = VectorSide(protocol, initiator: true), responder = VectorSide(protocol, initiator: false);
        byte[] buffer = new byte[1000], payload = new byte[1000];
        (NoiseCipherState Send, NoiseCipherState Receive)? first = null, second = null;
        for (int i = 0; i < messages.Length; i++)
        {
            byte[] plain = Hex(NoiseVectors.Payloads[i]);
            int written, read;
            if (i < protocol.Pattern.Messages.Length)
            {
                NoiseHandshake writer = i % 2 == 0 ? initiator : responder, reader = i % 2 == 0 ? responder : initiator;
                int overhead = writer.NextOverhead;
                Assert.Equal(overhead, reader.NextOverhead);
                written = writer.WriteMessage(plain, buffer);
                Assert.Equal(plain.Length + overhead, written);
                Assert.True(reader.TryReadMessage(buffer.AsSpan(0, written), payload, out read));
                if (reader.IsComplete)
                {
                    Assert.Equal(hash, Hex(initiator.HandshakeHash));
                    Assert.Equal(hash, Hex(responder.HandshakeHash));
                    first = initiator.Split();
                    second = responder.Split();
                }
            }
            else
            {
                NoiseCipherState send = (i % 2 == 0 ? first : second)!.Value.Send, receive = (i % 2 == 0 ? second : first)!.Value.Receive;
                written = send.Encrypt(plain, buffer);
                Assert.True(receive.TryDecrypt(buffer.AsSpan(0, written), payload, out read));
            }

            Assert.Equal(messages[i], Hex(buffer.AsSpan(0, written)));
            Assert.Equal(plain, payload[..read]);
        }
    }

    [Fact]
    public void Both_sides_learn_each_others_keys_and_talk_both_ways_in_place()
    {
        (NoiseHandshake initiator, NoiseHandshake responder) = Pair();
        byte[] buffer = new byte[70_000];
        Run(initiator, responder);
        Assert.Equal(initiator.LocalStatic.ToArray(), responder.RemoteStatic.ToArray());
        Assert.Equal(responder.LocalStatic.ToArray(), initiator.RemoteStatic.ToArray());
        Assert.Equal(initiator.HandshakeHash.ToArray(), responder.HandshakeHash.ToArray());

        (NoiseCipherState send, NoiseCipherState receive) = initiator.Split();
        (NoiseCipherState answer, NoiseCipherState hear) = responder.Split();
        foreach ((NoiseCipherState from, NoiseCipherState to) in new[] { (send, hear), (answer, receive) })
        {
            for (int length = 0; length <= 65_519; length += 13_103)
            {
                new Random(length).NextBytes(buffer);
                byte[] plain = buffer[..length];
                Assert.Equal(length + 16, from.Encrypt(buffer.AsSpan(0, length), buffer));
                Assert.True(to.TryDecrypt(buffer.AsSpan(0, length + 16), buffer, out int written));
                Assert.Equal(plain, buffer[..written]);
            }
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_handshake_ends_it()
    {
        byte[] message = new byte[300], payload = new byte[300];
        int third = 32 + 16 + 16 + 5;
        for (int bit = 0; bit < 8 * (96 + 5); bit += 5)
        {
            // The second message. Its ephemeral key is in the clear, but then everything behind it is not authentic.
            (NoiseHandshake initiator, NoiseHandshake responder) = Pair();
            Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
            int length = responder.WriteMessage("hello"u8, message);
            message[bit >> 3] ^= (byte)(1 << (bit & 7));
            // The top bit of a public key does not change the key, but it is part of the transcript.
            Assert.False(initiator.TryReadMessage(message.AsSpan(0, length), payload, out _), $"bit {bit}");
            Assert.False(initiator.IsOurTurn);
            Assert.Throws<InvalidOperationException>(() => initiator.WriteMessage([], message));
            Assert.Throws<InvalidOperationException>(() => initiator.TryReadMessage(message, payload, out _));
            Assert.Throws<InvalidOperationException>(() => initiator.Split());
        }

        for (int bit = 0; bit < 8 * third; bit += 5)
        {
            (NoiseHandshake initiator, NoiseHandshake responder) = Pair();
            Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
            Assert.True(initiator.TryReadMessage(message.AsSpan(0, responder.WriteMessage([], message)), payload, out _));
            Assert.Equal(third, initiator.WriteMessage("hello"u8, message));
            message[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.False(responder.TryReadMessage(message.AsSpan(0, third), payload, out _), $"bit {bit}");
        }
    }

    [Fact]
    public void Truncated_messages_and_garbage_end_a_handshake_without_an_exception()
    {
        byte[] message = new byte[300], payload = new byte[70_000];
        for (int length = 0; length < 96; length++)
        {
            (NoiseHandshake initiator, NoiseHandshake responder) = Pair();
            if (length < 32) Assert.False(responder.TryReadMessage(new byte[length], payload, out _));
            (initiator, responder) = Pair();
            Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
            responder.WriteMessage([], message);
            Assert.False(initiator.TryReadMessage(message.AsSpan(0, length), payload, out _));
        }

        Assert.False(Pair().Responder.TryReadMessage(new byte[NoiseHandshake.MaxMessage + 1], payload, out _));
        Prop.ForAll<byte[]>(garbage =>
        {
            (NoiseHandshake initiator, _) = Pair();
            initiator.WriteMessage([], message);
            return !initiator.TryReadMessage(garbage, payload, out _);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void An_ephemeral_key_of_small_order_ends_the_handshake(string key) =>
        Assert.False(Pair().Responder.TryReadMessage(Hex(key), new byte[10], out _));

    [Fact]
    public void Different_prologues_do_not_agree()
    {
        using var initiator = new NoiseHandshake(XX, true, Secret(1), [1]);
        using var responder = new NoiseHandshake(XX, false, Secret(2), [2]);
        byte[] message = new byte[200], payload = new byte[200];
        Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
        Assert.False(initiator.TryReadMessage(message.AsSpan(0, responder.WriteMessage([], message)), payload, out _));
    }

    [Fact]
    public void Out_of_turn_is_the_callers_fault()
    {
        (NoiseHandshake initiator, NoiseHandshake responder) = Pair();
        byte[] buffer = new byte[200];
        Assert.True(initiator.IsOurTurn);
        Assert.False(responder.IsOurTurn);
        Assert.Throws<InvalidOperationException>(() => responder.WriteMessage([], buffer));
        Assert.Throws<InvalidOperationException>(() => initiator.TryReadMessage(new byte[32], buffer, out _));
        Assert.Throws<InvalidOperationException>(() => initiator.Split());
        Assert.Throws<ArgumentException>(() => initiator.WriteMessage(new byte[10], buffer.AsSpan(0, 41)));
        Assert.Throws<ArgumentException>(() => initiator.WriteMessage(new byte[65_504], new byte[70_000]));
        Run(initiator, responder);
        Assert.Throws<InvalidOperationException>(() => initiator.WriteMessage([], buffer));
        initiator.Split();
        Assert.Throws<InvalidOperationException>(() => initiator.Split());
    }

    [Fact]
    public void Missing_and_needless_keys_are_the_callers_fault()
    {
        NoiseProtocol ik = NoiseProtocol.IK25519ChaChaPolySha256;
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(XX, true, []));
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(XX, true, Secret(1), [], Secret(2)));
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(XX, true, Secret(1), [], [], Secret(2)));
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(ik, true, Secret(1)));
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(ik, true, Secret(1), [], new byte[32]));
    }

    [Fact]
    public void A_cipher_state_keeps_its_counter_on_a_wrong_tag_and_stops_before_the_last_nonce()
    {
        using var send = new NoiseCipherState(NoiseCipher.ChaChaPoly, new byte[32]);
        using var receive = new NoiseCipherState(NoiseCipher.ChaChaPoly, new byte[32]);
        byte[] message = new byte[20], plain = new byte[4];
        send.Encrypt([1, 2, 3, 4], message);
        message[3] ^= 1;
        Assert.False(receive.TryDecrypt(message, plain, out _));
        Assert.False(receive.TryDecrypt(message.AsSpan(0, 15), plain, out _));
        Assert.Equal(0UL, receive.Counter);
        message[3] ^= 1;
        Assert.True(receive.TryDecrypt(message, plain, out int written));
        Assert.Equal(4, written);
        Assert.Throws<ArgumentException>(() => send.Encrypt(new byte[5], new byte[20]));

        send.Counter = ulong.MaxValue - 1;
        send.Encrypt([], message);
        Assert.Throws<InvalidOperationException>(() => send.Encrypt([], message));
    }

    [Fact]
    public void Transport_messages_allocate_nothing()
    {
        using var state = new NoiseCipherState(NoiseCipher.ChaChaPoly, new byte[32]);
        byte[] buffer = new byte[65_535];
        for (int i = 0; i < 50; i++) state.Encrypt(buffer.AsSpan(0, 1000), buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) state.Encrypt(buffer.AsSpan(0, 1000), buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Noise's chain is HKDF (RFC 5869) with an empty info.</summary>
    [Fact]
    public void Keys_are_derived_as_by_the_base_librarys_HKDF()
    {
        byte[] salt = Secret(5), material = Secret(6), outputs = new byte[96];
        NoiseHash.Sha256.DeriveKeys(salt, material, outputs);
        Assert.Equal(System.Security.Cryptography.HKDF.DeriveKey(System.Security.Cryptography.HashAlgorithmName.SHA256, material, 96, salt, []), outputs);
    }

    private static (NoiseHandshake Initiator, NoiseHandshake Responder) Pair() =>
        (new NoiseHandshake(XX, true, Secret(1)), new NoiseHandshake(XX, false, Secret(2)));

    private static void Run(NoiseHandshake initiator, NoiseHandshake responder)
    {
        byte[] message = new byte[200], payload = new byte[200];
        Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
        Assert.True(initiator.TryReadMessage(message.AsSpan(0, responder.WriteMessage([], message)), payload, out _));
        Assert.True(responder.TryReadMessage(message.AsSpan(0, initiator.WriteMessage([], message)), payload, out _));
    }

    private static byte[] Secret(int seed)
    {
        byte[] secret = new byte[32];
        new Random(seed).NextBytes(secret);
        return secret;
    }

    private static NoiseProtocol Protocol(string name)
    {
        string[] parts = name.Split('_');
        NoisePattern[] patterns = [NoisePattern.NN, NoisePattern.NK, NoisePattern.KK, NoisePattern.XX, NoisePattern.IK, NoisePattern.XXpsk3];
        NoiseHash[] hashes = [NoiseHash.Sha256, NoiseHash.Sha512];
        var protocol = NoiseProtocol.Create(patterns.Single(p => p.Name == parts[1]), NoiseCurve.Curve25519, NoiseCipher.ChaChaPoly, hashes.Single(h => h.Name == parts[4]));
        Assert.Equal(name, protocol.Name);
        return protocol;
    }

    private static NoiseHandshake VectorSide(NoiseProtocol protocol, bool initiator)
    {
        NoisePattern pattern = protocol.Pattern;
        byte[] own = Hex(initiator ? NoiseVectors.InitiatorStatic : NoiseVectors.ResponderStatic);
        byte[] remote = new byte[32];
        X25519.PublicKey(Hex(initiator ? NoiseVectors.ResponderStatic : NoiseVectors.InitiatorStatic), remote);
        var side = new NoiseHandshake(
            protocol,
            initiator,
            pattern.UsesStatic(initiator) ? own : default,
            Hex(NoiseVectors.Prologue),
            (initiator ? pattern.ResponderKnown : pattern.InitiatorKnown) ? remote : default,
            pattern.HasPsk ? Hex(NoiseVectors.PresharedKey) : default);
        side.SetEphemeral(Hex(initiator ? NoiseVectors.InitiatorEphemeral : NoiseVectors.ResponderEphemeral));
        return side;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
