using Shoal.Libp2p.Multiformats;

namespace Shoal.Libp2p.Identity;

/// <summary>
/// The message around a key, public or private: <code>08 | type | 12 | uvarint length | key</code>
/// </summary>
/// <remarks>Read by hand and not by the protobuf library, which accepts many spellings of one message; peer ids are hashes of the one right spelling.</remarks>
internal static class KeyCodec
{
    /// <summary>Longest key accepted, in bytes. Default: 8192 (an RSA private key of 8192 bits has about 4,700).</summary>
    internal const int MaxKey = 8192;

    private const byte TypeTag = 0x08; // field 1, varint
    private const byte DataTag = 0x12; // field 2, bytes

    internal static bool TryRead(ReadOnlySpan<byte> message, out KeyType type, out ReadOnlySpan<byte> key)
    {
        type = default;
        key = default;
        if (message.Length < 4 || message[0] != TypeTag || message[1] > (int)KeyType.Ecdsa || message[2] != DataTag) return false;

        type = (KeyType)message[1];
        ReadOnlySpan<byte> rest = message[3..];
        if (!UnsignedVarint.TryRead(ref rest, out ulong length) || length > MaxKey || (ulong)rest.Length != length) return false;
        key = rest;
        return true;
    }

    internal static byte[] Encode(KeyType type, ReadOnlySpan<byte> key)
    {
        int head = 3 + UnsignedVarint.Size((ulong)key.Length);
        byte[] message = new byte[head + key.Length];
        message[0] = TypeTag;
        message[1] = (byte)type;
        message[2] = DataTag;
        UnsignedVarint.Write(message.AsSpan(3), (ulong)key.Length);
        key.CopyTo(message.AsSpan(head));
        return message;
    }
}
