namespace Shoal.Crypto.Noise;

/// <summary>
/// A Noise handshake (noiseprotocol.org, revision 34): pattern, curve, cipher and hash are parameters.
/// </summary>
/// <remarks>
/// Alternate <see cref="WriteMessage"/> and <see cref="TryReadMessage"/> as the pattern says until <see cref="IsComplete"/>, then
/// <see cref="Split"/>. Not thread-safe.
/// </remarks>
public sealed class NoiseHandshake : IDisposable
{
    /// <summary>Longest Noise message, in bytes (Noise, section 3).</summary>
    public const int MaxMessage = 65535;

    /// <summary>Begins a handshake.</summary>
    /// <param name="protocol">Pattern, curve, cipher and hash.</param>
    /// <param name="initiator">True on the side that writes the first message.</param>
    /// <param name="staticSecret">Our long-lived secret key of 32 bytes; empty where the pattern has none.</param>
    /// <param name="prologue">Bytes both sides must agree on.</param>
    /// <param name="remoteStatic">The other side's public key, where the pattern knows it beforehand.</param>
    public NoiseHandshake(NoiseProtocol protocol, bool initiator, ReadOnlySpan<byte> staticSecret, ReadOnlySpan<byte> prologue = default, ReadOnlySpan<byte> remoteStatic = default) => throw new NotImplementedException();

    /// <summary>True when both sides have sent what the pattern asks for.</summary>
    public bool IsComplete => throw new NotImplementedException();

    /// <summary>True when it is our turn to write.</summary>
    public bool IsOurTurn => throw new NotImplementedException();

    /// <summary>Our static public key.</summary>
    public ReadOnlySpan<byte> LocalStatic => throw new NotImplementedException();

    /// <summary>The other side's static public key; empty until it arrived.</summary>
    public ReadOnlySpan<byte> RemoteStatic => throw new NotImplementedException();

    /// <summary>The transcript's hash, for channel binding (Noise, section 11.2).</summary>
    public ReadOnlySpan<byte> HandshakeHash => throw new NotImplementedException();

    /// <summary>Bytes that the next message adds to its payload.</summary>
    public int NextOverhead => throw new NotImplementedException();

    /// <summary>Writes our next message.</summary>
    /// <returns>Bytes written: payload length + <see cref="NextOverhead"/>.</returns>
    public int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> message) => throw new NotImplementedException();

    /// <summary>Takes the other side's next message. False when it is malformed or not authentic; the handshake is over then.</summary>
    public bool TryReadMessage(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadLength) => throw new NotImplementedException();

    /// <summary>Gives the two directions' ciphers and zeroes the handshake's secrets.</summary>
    public (NoiseCipherState Send, NoiseCipherState Receive) Split() => throw new NotImplementedException();

    /// <summary>Zeroes all secrets.</summary>
    public void Dispose() => throw new NotImplementedException();
}
