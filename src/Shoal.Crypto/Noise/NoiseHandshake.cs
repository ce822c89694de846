using System.Security.Cryptography;

namespace Shoal.Crypto.Noise;

/// <summary>
/// A Noise handshake (noiseprotocol.org, revision 34): pattern, curve, cipher and hash are parameters.
/// </summary>
/// <remarks>
/// Alternate <see cref="WriteMessage"/> and <see cref="TryReadMessage"/> as the pattern says until <see cref="IsComplete"/>, then
/// <see cref="Split"/>. Not thread-safe. A public key of small order is refused when it arrives, so that writing cannot fail through
/// the other side's fault.
/// </remarks>
public sealed class NoiseHandshake : IDisposable
{
    /// <summary>Longest Noise message, in bytes (Noise, section 3).</summary>
    public const int MaxMessage = 65535;

    /// <summary>Bytes of a pre-shared key (Noise, section 9).</summary>
    public const int PresharedKeySize = 32;

    private readonly NoiseProtocol _protocol;
    private readonly NoiseCurve _curve;
    private readonly NoiseSymmetricState _symmetric;
    private readonly bool _initiator;
    private readonly byte[] _staticSecret;
    private readonly byte[] _ephemeralSecret;
    private readonly byte[] _presharedKey;
    private readonly byte[] _staticPublic;
    private readonly byte[] _ephemeralPublic;
    private byte[] _remoteStatic = [];
    private byte[] _remoteEphemeral = [];
    private bool _ephemeralGiven;
    private bool _over;
    private int _next;

    /// <summary>Begins a handshake.</summary>
    /// <param name="protocol">Pattern, curve, cipher and hash.</param>
    /// <param name="initiator">True on the side that writes the first message.</param>
    /// <param name="staticSecret">Our long-lived secret key of 32 bytes; empty where the pattern has none.</param>
    /// <param name="prologue">Bytes both sides must agree on.</param>
    /// <param name="remoteStatic">The other side's public key, where the pattern knows it beforehand.</param>
    /// <param name="presharedKey">32 bytes that both sides know, where the pattern has a psk token.</param>
    /// <exception cref="ArgumentException">A key is missing, too much, of the wrong length or of small order.</exception>
    public NoiseHandshake(
        NoiseProtocol protocol,
        bool initiator,
        ReadOnlySpan<byte> staticSecret,
        ReadOnlySpan<byte> prologue = default,
        ReadOnlySpan<byte> remoteStatic = default,
        ReadOnlySpan<byte> presharedKey = default)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        CheckKeys(protocol, initiator, staticSecret, remoteStatic, presharedKey);
        _protocol = protocol;
        _curve = protocol.Curve;
        _initiator = initiator;
        _symmetric = new NoiseSymmetricState(protocol);
        _staticSecret = Secrets.Allocate(staticSecret.Length);
        staticSecret.CopyTo(_staticSecret);
        _presharedKey = Secrets.Allocate(presharedKey.Length);
        presharedKey.CopyTo(_presharedKey);
        _ephemeralSecret = Secrets.Allocate(_curve.SecretSize);
        _ephemeralPublic = new byte[_curve.PublicSize];
        _staticPublic = new byte[staticSecret.IsEmpty ? 0 : _curve.PublicSize];
        if (!staticSecret.IsEmpty) _curve.PublicKey(_staticSecret, _staticPublic);
        _remoteStatic = remoteStatic.ToArray();

        _symmetric.MixHash(prologue);
        if (protocol.Pattern.InitiatorKnown) _symmetric.MixHash(initiator ? _staticPublic : _remoteStatic);
        if (protocol.Pattern.ResponderKnown) _symmetric.MixHash(initiator ? _remoteStatic : _staticPublic);
    }

    /// <summary>True when both sides have sent what the pattern asks for.</summary>
    public bool IsComplete => _next == _protocol.Pattern.Messages.Length;

    /// <summary>True when it is our turn to write.</summary>
    public bool IsOurTurn => !_over && !IsComplete && (_next % 2 == 0) == _initiator;

    /// <summary>Our static public key; empty where the pattern has none.</summary>
    public ReadOnlySpan<byte> LocalStatic => _staticPublic;

    /// <summary>The other side's static public key; empty until it arrived.</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>The transcript's hash, for channel binding (Noise, section 11.2).</summary>
    public ReadOnlySpan<byte> HandshakeHash => _symmetric.Transcript;

    /// <summary>Bytes that the next message, whoever writes it, adds to its payload; 0 when there is none.</summary>
    public int NextOverhead
    {
        get
        {
            if (IsComplete) return 0;
            int bytes = 0;
            bool hasKey = _symmetric.HasKey;
            foreach (NoiseToken token in _protocol.Pattern.Messages[_next])
            {
                if (token is NoiseToken.E) bytes += _curve.PublicSize;
                else if (token is NoiseToken.S) bytes += _curve.PublicSize + (hasKey ? NoiseCipherState.TagSize : 0);
                hasKey |= token is not (NoiseToken.E or NoiseToken.S) || (token is NoiseToken.E && _protocol.Pattern.HasPsk);
            }

            return bytes + (hasKey ? NoiseCipherState.TagSize : 0);
        }
    }

    /// <summary>Writes our next message.</summary>
    /// <returns>Bytes written: payload length + <see cref="NextOverhead"/>.</returns>
    /// <exception cref="ArgumentException">The message would be longer than <paramref name="message"/> or <see cref="MaxMessage"/>.</exception>
    /// <exception cref="InvalidOperationException">It is not our turn, or the handshake is over.</exception>
    public int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> message)
    {
        if (!IsOurTurn) throw new InvalidOperationException("It is not our turn to write a handshake message.");
        long length = (long)payload.Length + NextOverhead;
        if (length > MaxMessage) throw new ArgumentException($"A Noise message has at most {MaxMessage} bytes.", nameof(payload));
        if (length > message.Length) throw new ArgumentException($"The message has {length} bytes.", nameof(message));

        int written = 0;
        foreach (NoiseToken token in _protocol.Pattern.Messages[_next])
        {
            switch (token)
            {
                case NoiseToken.E:
                    MakeEphemeral();
                    _ephemeralPublic.CopyTo(message[written..]);
                    written += _ephemeralPublic.Length;
                    MixEphemeral(_ephemeralPublic);
                    break;
                case NoiseToken.S:
                    written += _symmetric.EncryptAndHash(_staticPublic, message[written..]);
                    break;
                default:
                    // Both public keys were found acceptable when they came.
                    if (!TryMix(token)) throw new InvalidOperationException("The key agreement failed.");
                    break;
            }
        }

        written += _symmetric.EncryptAndHash(payload, message[written..]);
        _next++;
        return written;
    }

    /// <summary>Takes the other side's next message. False when it is malformed or not authentic; the handshake is over then.</summary>
    /// <param name="message">What came, of at most <see cref="MaxMessage"/> bytes.</param>
    /// <param name="payload">Where its payload goes: as long as the message is always enough. Not the message's own memory.</param>
    /// <param name="payloadLength">Bytes written.</param>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is too short for what the message carries.</exception>
    /// <exception cref="InvalidOperationException">It is our turn, or the handshake is over.</exception>
    public bool TryReadMessage(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadLength)
    {
        if (_over || IsComplete || IsOurTurn) throw new InvalidOperationException("No handshake message is expected.");
        payloadLength = 0;
        int overhead = NextOverhead;
        if (message.Length <= MaxMessage && message.Length - overhead > payload.Length)
            throw new ArgumentException($"The payload has {message.Length - overhead} bytes.", nameof(payload));

        if (message.Length >= overhead && message.Length <= MaxMessage && TryReadTokens(ref message)
            && _symmetric.TryDecryptAndHash(message, payload, out payloadLength))
        {
            _next++;
            return true;
        }

        Dispose();
        return false;
    }

    /// <summary>Gives the two directions' ciphers and zeroes the handshake's secrets.</summary>
    /// <exception cref="InvalidOperationException">The handshake is not complete, failed, or was split before.</exception>
    public (NoiseCipherState Send, NoiseCipherState Receive) Split()
    {
        if (_over || !IsComplete) throw new InvalidOperationException("Only a complete handshake splits, and only once.");
        (NoiseCipherState initiator, NoiseCipherState responder) = _symmetric.Split();
        Dispose();
        return _initiator ? (initiator, responder) : (responder, initiator);
    }

    /// <summary>Zeroes all secrets. Public keys and the transcript's hash stay readable.</summary>
    public void Dispose()
    {
        _over = true;
        _symmetric.Dispose();
        CryptographicOperations.ZeroMemory(_staticSecret);
        CryptographicOperations.ZeroMemory(_ephemeralSecret);
        CryptographicOperations.ZeroMemory(_presharedKey);
    }

    /// <summary>Gives the ephemeral secret instead of a random one: for test vectors only.</summary>
    internal void SetEphemeral(ReadOnlySpan<byte> secret)
    {
        secret.CopyTo(_ephemeralSecret);
        _ephemeralGiven = true;
    }

    private bool TryReadTokens(ref ReadOnlySpan<byte> message)
    {
        foreach (NoiseToken token in _protocol.Pattern.Messages[_next])
        {
            switch (token)
            {
                case NoiseToken.E:
                    _remoteEphemeral = message[.._curve.PublicSize].ToArray();
                    message = message[_curve.PublicSize..];
                    if (!_curve.IsAcceptable(_remoteEphemeral)) return false;
                    MixEphemeral(_remoteEphemeral);
                    break;
                case NoiseToken.S:
                    int length = _curve.PublicSize + (_symmetric.HasKey ? NoiseCipherState.TagSize : 0);
                    byte[] remote = new byte[_curve.PublicSize];
                    if (!_symmetric.TryDecryptAndHash(message[..length], remote, out _) || !_curve.IsAcceptable(remote)) return false;
                    message = message[length..];
                    _remoteStatic = remote;
                    break;
                default:
                    if (!TryMix(token)) return false;
                    break;
            }
        }

        return true;
    }

    /// <summary>Mixes in the secret that a token stands for.</summary>
    private bool TryMix(NoiseToken token) => token switch
    {
        NoiseToken.EE => TryAgree(_ephemeralSecret, _remoteEphemeral),
        NoiseToken.SS => TryAgree(_staticSecret, _remoteStatic),
        NoiseToken.ES => _initiator ? TryAgree(_ephemeralSecret, _remoteStatic) : TryAgree(_staticSecret, _remoteEphemeral),
        NoiseToken.SE => _initiator ? TryAgree(_staticSecret, _remoteEphemeral) : TryAgree(_ephemeralSecret, _remoteStatic),
        _ => MixPresharedKey(),
    };

    private bool TryAgree(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> shared = stackalloc byte[_curve.SharedSize];
        bool agreed = _curve.TryAgree(secret, publicKey, shared);
        if (agreed) _symmetric.MixKey(shared);
        CryptographicOperations.ZeroMemory(shared);
        return agreed;
    }

    private bool MixPresharedKey()
    {
        _symmetric.MixKeyAndHash(_presharedKey);
        return true;
    }

    private void MakeEphemeral()
    {
        if (!_ephemeralGiven) _curve.GenerateSecret(_ephemeralSecret);
        _curve.PublicKey(_ephemeralSecret, _ephemeralPublic);
    }

    /// <summary>With a pre-shared key, ephemeral keys also randomize the key (section 9.2).</summary>
    private void MixEphemeral(ReadOnlySpan<byte> publicKey)
    {
        _symmetric.MixHash(publicKey);
        if (_protocol.Pattern.HasPsk) _symmetric.MixKey(publicKey);
    }

    private static void CheckKeys(
        NoiseProtocol protocol, bool initiator, ReadOnlySpan<byte> staticSecret, ReadOnlySpan<byte> remoteStatic, ReadOnlySpan<byte> presharedKey)
    {
        NoisePattern pattern = protocol.Pattern;
        int secret = pattern.UsesStatic(initiator) ? protocol.Curve.SecretSize : 0;
        if (staticSecret.Length != secret)
            throw new ArgumentException($"{protocol.Name} takes a static secret of {secret} bytes here.", nameof(staticSecret));

        int remote = (initiator ? pattern.ResponderKnown : pattern.InitiatorKnown) ? protocol.Curve.PublicSize : 0;
        if (remoteStatic.Length != remote)
            throw new ArgumentException($"{protocol.Name} takes a remote static key of {remote} bytes here.", nameof(remoteStatic));
        if (remote > 0 && !protocol.Curve.IsAcceptable(remoteStatic))
            throw new ArgumentException("The remote static key has small order.", nameof(remoteStatic));

        int preshared = pattern.HasPsk ? PresharedKeySize : 0;
        if (presharedKey.Length != preshared)
            throw new ArgumentException($"{protocol.Name} takes a pre-shared key of {preshared} bytes.", nameof(presharedKey));
    }
}
