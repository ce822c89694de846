using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Shoal.Bench.Node;

/// <summary>
/// The anchor for one stream's throughput: encrypt, frame, send, receive, decrypt, and nothing else. Frames are Noise's
/// longest, a 2-byte length and 65,519 bytes with their tag; two processes over TCP on loopback, as fast as blocking calls go.
/// <c>pipe --listen</c> prints its address; <c>pipe ADDRESS [--bytes=1073741824]</c> sends to it.
/// </summary>
/// <remarks><code>
/// sender:   | uint64 bytes, little-endian | uint16 length | ciphertext and tag | uint16 … |
/// receiver:                                                                               | 1 byte |
/// </code></remarks>
internal static class PipeBench
{
    private const int Plain = 65_519;
    private const int Tag = 16;
    private const int Frame = 2 + Plain + Tag;
    private const int FramesPerSend = 4;
    private const int ReceiveBytes = 1 << 20;

    internal static Task<int> RunAsync(string[] args) => args.Contains("--listen") ? ListenAsync() : SendAsync(args);

    private static async Task<int> ListenAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        MeasuringProgram.PrintAddress(listener.LocalEndpoint.ToString()!);
        var serving = new Thread(() => Serve(listener)) { IsBackground = true };
        serving.Start();
        return await MeasuringProgram.ServeLinesAsync(_ => Task.FromResult(new Measurement(0, "")));
    }

    private static async Task<int> SendAsync(string[] args)
    {
        long bytes = MeasuringProgram.Option(args, "bytes", 1L << 30);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPEndPoint.Parse(args[0]));
        using var cipher = new ChaCha20Poly1305(new byte[32]);
        ulong nonce = 0;
        Send(socket, cipher, ref nonce, bytes / 4); // warm-up
        return await MeasuringProgram.ServeLinesAsync(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            Send(socket, cipher, ref nonce, bytes);
            return Task.FromResult(new Measurement(bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds, "MB/s"));
        });
    }

    private static void Send(Socket socket, ChaCha20Poly1305 cipher, ref ulong nonce, long bytes)
    {
        byte[] data = new byte[Plain], block = new byte[FramesPerSend * Frame], header = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(header, bytes);
        SendAll(socket, header);
        Span<byte> counter = stackalloc byte[12];
        counter.Clear();
        while (bytes > 0)
        {
            int filled = 0;
            for (int i = 0; i < FramesPerSend && bytes > 0; i++)
            {
                int part = (int)Math.Min(bytes, Plain);
                Span<byte> frame = block.AsSpan(filled, 2 + part + Tag);
                BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)(part + Tag));
                BinaryPrimitives.WriteUInt64LittleEndian(counter[4..], nonce++);
                cipher.Encrypt(counter, data.AsSpan(0, part), frame.Slice(2, part), frame.Slice(2 + part, Tag));
                filled += frame.Length;
                bytes -= part;
            }

            SendAll(socket, block.AsSpan(0, filled));
        }

        if (socket.Receive(header, 0, 1, SocketFlags.None) != 1) throw new IOException("the receiver went away");
    }

    private static void Serve(TcpListener listener)
    {
        using Socket socket = listener.AcceptSocket();
        socket.NoDelay = true;
        using var cipher = new ChaCha20Poly1305(new byte[32]);
        byte[] buffer = new byte[ReceiveBytes];
        Span<byte> counter = stackalloc byte[12];
        counter.Clear();
        ulong nonce = 0;
        int have = 0;
        while (true)
        {
            while (have < 8)
            {
                int read = socket.Receive(buffer.AsSpan(have));
                if (read == 0) return;
                have += read;
            }

            long left = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            int at = 8;
            while (left > 0)
            {
                int length = have - at < 2 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at));
                if (length > have - at - 2)
                {
                    buffer.AsSpan(at, have - at).CopyTo(buffer);
                    have -= at;
                    at = 0;
                    int read = socket.Receive(buffer.AsSpan(have));
                    if (read == 0) return;
                    have += read;
                    continue;
                }

                Span<byte> body = buffer.AsSpan(at + 2, length - Tag);
                BinaryPrimitives.WriteUInt64LittleEndian(counter[4..], nonce++);
                cipher.Decrypt(counter, body, buffer.AsSpan(at + 2 + body.Length, Tag), body);
                left -= body.Length;
                at += 2 + length;
            }

            buffer.AsSpan(at, have - at).CopyTo(buffer);
            have -= at;
            SendAll(socket, [1]);
        }
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }
}
