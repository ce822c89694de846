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
