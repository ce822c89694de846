namespace Shoal.Libp2p;

/// <summary>A peer's secret identity key. Zeroed when disposed; never in a text or a log.</summary>
public abstract class PrivateKey : IDisposable
{
    private protected PrivateKey()
    {
    }

    /// <summary>Makes a new key. Ed25519, ECDSA and RSA (2048 bits) can be made.</summary>
    public static PrivateKey Generate(KeyType type = KeyType.Ed25519) => throw new NotImplementedException();

    /// <summary>The Ed25519 key of a 32-byte seed.</summary>
    public static PrivateKey FromEd25519Seed(ReadOnlySpan<byte> seed) => throw new NotImplementedException();

    /// <summary>Reads the protobuf form.</summary>
    /// <exception cref="FormatException">The bytes are not a key.</exception>
    public static PrivateKey FromProtobuf(ReadOnlySpan<byte> protobuf) => throw new NotImplementedException();

    /// <summary>Loads the key file (protobuf form), or makes a new Ed25519 key and saves it there, readable by its owner only.</summary>
    /// <exception cref="IdentityFileException">The file is unreadable, malformed, or readable by others.</exception>
    public static PrivateKey LoadOrCreate(string path) => throw new NotImplementedException();

    /// <summary>Loads a key file.</summary>
    /// <exception cref="IdentityFileException">The file is missing, unreadable, malformed, or readable by others.</exception>
    public static PrivateKey Load(string path) => throw new NotImplementedException();

    /// <summary>Saves the key atomically, readable by its owner only.</summary>
    /// <exception cref="IdentityFileException">The file cannot be written.</exception>
    public void Save(string path) => throw new NotImplementedException();

    /// <summary>The public half.</summary>
    public abstract PublicKey PublicKey { get; }

    /// <summary>The peer that this key names.</summary>
    public PeerId PeerId => PublicKey.PeerId;

    /// <summary>Signs.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> message);

    /// <summary>The protobuf form. Zero it after use.</summary>
    public abstract byte[] ToProtobuf();

    /// <summary>Zeroes the secret.</summary>
    public abstract void Dispose();
}
