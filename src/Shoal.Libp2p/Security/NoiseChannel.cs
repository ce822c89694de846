using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Shoal.Crypto.Noise;
using Shoal.Libp2p.Connections;
using Shoal.Net;

namespace Shoal.Libp2p.Security;

/// <summary>A connection after the Noise handshake.</summary>
/// <remarks>
/// <code>
/// length (2, big-endian) | ciphertext (length - 16) | tag (16)
/// </code>
/// </remarks>
internal sealed class NoiseChannel(NetConnection connection, ReceiveBuffer received, NoiseCipherState send, NoiseCipherState receive) : SecureChannel
{
    private const int LengthSize = 2;

    private int _consumeNext;

    internal override int RecordPrefix => LengthSize;

    internal override int RecordSuffix => NoiseCipherState.TagSize;

    internal override int MaxRecordPlaintext => NoiseHandshake.MaxMessage - NoiseCipherState.TagSize;

    internal override void Seal(Span<byte> record)
    {
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)(record.Length - LengthSize));
        Span<byte> message = record[LengthSize..];
        send.Encrypt(message[..^NoiseCipherState.TagSize], message);
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> records) => connection.SendAsync(records);

    internal override void CompleteWrites() => connection.CompleteWrites();

    internal override void Abort() => connection.Abort();

    public override async ValueTask DisposeAsync()
    {
        received.Dispose();
        send.Dispose();
        receive.Dispose();
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private protected override ValueTask<ReadOnlyMemory<byte>> ReadCoreAsync() =>
        TryReadRecord(out ReadOnlyMemory<byte> plaintext, out int needed) ? new(plaintext) : ReadSlowlyAsync(needed);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> ReadSlowlyAsync(int needed)
    {
        while (true)
        {
            if (!await received.FillAsync(needed).ConfigureAwait(false))
            {
                if (received.Length > 0) throw new WireFormatException("the connection ended within a Noise message");
                return default;
            }
            if (TryReadRecord(out ReadOnlyMemory<byte> plaintext, out needed)) return plaintext;
        }
    }

    // Skips records without plaintext: they are legal and say nothing.
    private bool TryReadRecord(out ReadOnlyMemory<byte> plaintext, out int needed)
    {
        plaintext = default;
        received.Consume(_consumeNext);
        _consumeNext = 0;
        while (true)
        {
            needed = LengthSize;
            Memory<byte> unread = received.Unread;
            if (unread.Length < needed) return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(unread.Span);
            if (length < NoiseCipherState.TagSize) throw new WireFormatException($"Noise message of {length} bytes, shorter than its tag");
            needed += length;
            if (unread.Length < needed) return false;

            Memory<byte> message = unread.Slice(LengthSize, length);
            if (!receive.TryDecrypt(message.Span, message.Span[..^NoiseCipherState.TagSize], out int written))
                throw new WireFormatException("a Noise message is not authentic");
            if (written > 0)
            {
                plaintext = message[..written];
                _consumeNext = needed;
                return true;
            }
            received.Consume(needed);
        }
    }
}
