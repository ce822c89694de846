using Shoal.Crypto;
using Shoal.Libp2p.Identity;

namespace Shoal.Libp2p;

/// <summary>A peer's secret identity key. Zeroed when disposed; never in a text or a log.</summary>
/// <remarks>Thread-safe, except for <see cref="Dispose"/>. A secp256k1 key can be checked (<see cref="Libp2p.PublicKey"/>) but neither made nor used here.</remarks>
public abstract class PrivateKey : IDisposable
{
    private protected PrivateKey()
    {
    }

    /// <summary>Makes a new key. Ed25519, ECDSA (P-256) and RSA (2048 bits) can be made.</summary>
    /// <exception cref="NotSupportedException"><paramref name="type"/> is secp256k1.</exception>
    public static PrivateKey Generate(KeyType type = KeyType.Ed25519) => type switch
    {
        KeyType.Ed25519 => new Ed25519PrivateKey(Ed25519KeyPair.Generate()),
        KeyType.Ecdsa => EcdsaPrivateKey.Generate(),
        KeyType.Rsa => RsaPrivateKey.Generate(),
        KeyType.Secp256k1 => throw NoSecp256k1(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a kind of key."),
    };

    /// <summary>The Ed25519 key of a 32-byte seed.</summary>
    /// <exception cref="ArgumentException"><paramref name="seed"/> has another length.</exception>
    public static PrivateKey FromEd25519Seed(ReadOnlySpan<byte> seed) => seed.Length == Ed25519.SeedSize
        ? new Ed25519PrivateKey(Ed25519KeyPair.FromSeed(seed))
        : throw new ArgumentException($"A seed has {Ed25519.SeedSize} bytes, not {seed.Length}.", nameof(seed));

    /// <summary>Reads the protobuf form (libp2p specification, peer-ids; the old 96-byte Ed25519 form too).</summary>
    /// <exception cref="FormatException">The bytes are not a key.</exception>
    /// <exception cref="NotSupportedException">It is a secp256k1 key.</exception>
    public static PrivateKey FromProtobuf(ReadOnlySpan<byte> protobuf)
    {
        if (!KeyCodec.TryRead(protobuf, out KeyType type, out ReadOnlySpan<byte> data)) throw new FormatException("not a libp2p private key");
        return type switch
        {
            KeyType.Ed25519 => Ed25519PrivateKey.Read(data),
            KeyType.Ecdsa => EcdsaPrivateKey.Read(data),
            KeyType.Rsa => RsaPrivateKey.Read(data),
            _ => throw NoSecp256k1(),
        };
    }

    /// <summary>Loads the key file (protobuf form), or makes a new Ed25519 key and saves it there, readable by its owner only.</summary>
    /// <exception cref="IdentityFileException">The file is unreadable, malformed, or readable by others.</exception>
    public static PrivateKey LoadOrCreate(string path) => KeyFile.LoadOrCreate(path);

    /// <summary>Loads a key file.</summary>
    /// <exception cref="IdentityFileException">The file is missing, unreadable, malformed, or readable by others.</exception>
    public static PrivateKey Load(string path) => KeyFile.Load(path);

    /// <summary>Saves the key atomically, readable by its owner only. A file that is there is replaced.</summary>
    /// <exception cref="IdentityFileException">The file cannot be written.</exception>
    public void Save(string path) => KeyFile.Save(path, this, replace: true);

    /// <summary>The public half.</summary>
    public abstract PublicKey PublicKey { get; }

    /// <summary>The peer that this key names.</summary>
    public PeerId PeerId => PublicKey.PeerId;

    /// <summary>Signs: Ed25519 the message itself, the others its SHA-256.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    /// <summary>The protobuf form. Zero it after use.</summary>
    public abstract byte[] ToProtobuf();

    /// <summary>Zeroes the secret.</summary>
    public abstract void Dispose();

    /// <summary>The kind and the peer id; nothing secret.</summary>
    public override string ToString() => $"private {PublicKey}";

    private static NotSupportedException NoSecp256k1() => new("secp256k1 identities cannot be made or used for signing; use an Ed25519 key");
}
