namespace Shoal.Libp2p;

/// <summary>Kinds of identity keys, with their numbers on the wire (libp2p specification, peer-ids).</summary>
public enum KeyType
{
    /// <summary>RSA, at least 2048 bits.</summary>
    Rsa = 0,

    /// <summary>Ed25519; the usual one.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA over secp256k1.</summary>
    Secp256k1 = 2,

    /// <summary>ECDSA over P-256.</summary>
    Ecdsa = 3,
}
