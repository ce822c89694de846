using BenchmarkDotNet.Attributes;
using Shoal.Crypto.Noise;

namespace Shoal.Bench.Crypto;

/// <summary>A whole XX handshake, both sides, and transport messages of the largest size in place.</summary>
[MemoryDiagnoser]
public class NoiseBenchmarks
{
    private const int LargestPayload = NoiseHandshake.MaxMessage - NoiseCipherState.TagSize;

    private readonly byte[] _secret = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
    private readonly byte[] _message = new byte[NoiseHandshake.MaxMessage];
    private readonly byte[] _payload = new byte[256];
    private readonly NoiseCipherState _send;

    /// <summary>Shakes hands once.</summary>
    public NoiseBenchmarks() => _send = Handshake();

    /// <summary>Both sides of a handshake with empty payloads.</summary>
    [Benchmark]
    public NoiseCipherState Handshake()
    {
        using var initiator = new NoiseHandshake(NoiseProtocol.XX25519ChaChaPolySha256, true, _secret);
        using var responder = new NoiseHandshake(NoiseProtocol.XX25519ChaChaPolySha256, false, _secret);
        while (!initiator.IsComplete)
        {
            (NoiseHandshake writer, NoiseHandshake reader) = initiator.IsOurTurn ? (initiator, responder) : (responder, initiator);
            reader.TryReadMessage(_message.AsSpan(0, writer.WriteMessage([], _message)), _payload, out _);
        }

        responder.Split();
        return initiator.Split().Send;
    }

    /// <summary>65,519 bytes in place.</summary>
    [Benchmark]
    public int Encrypt() => _send.Encrypt(_message.AsSpan(0, LargestPayload), _message);
}
