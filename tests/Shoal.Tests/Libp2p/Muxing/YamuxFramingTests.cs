using Microsoft.Extensions.Logging.Abstractions;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

public class YamuxFramingTests
{
    [Fact]
    public async Task A_header_without_its_payload_yet_is_no_end_of_the_stream()
    {
        var channel = new ScriptedChannel();
        Libp2pStream stream = await OpenAsync(channel);
        Task<int> read = stream.ReadAsync(new byte[10]).AsTask();
        await channel.ReceiveAsync(Frame(YamuxFlags.None, 3, []));
        await channel.ReceiveAsync(new byte[] { 7, 8, 9 });
        Assert.Equal(3, await read.WaitAsync(YamuxPair.Patience));
    }

    // Frames may be cut anywhere: between two records, within a header, between a header and its payload.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_bytes_are_the_same_however_the_frames_are_cut(int seed)
    {
        var random = new Random(seed);
        var wire = new MemoryStream();
        var expected = new MemoryStream();
        for (int i = 0; i < 300; i++)
        {
            byte[] payload = new byte[random.Next(4) == 0 ? 0 : random.Next(300)];
            random.NextBytes(payload);
            wire.Write(Frame(YamuxFlags.None, payload.Length, payload));
            expected.Write(payload);
        }
        wire.Write(Frame(YamuxFlags.Fin, 0, []));

        var channel = new ScriptedChannel();
        Libp2pStream stream = await OpenAsync(channel);
        Task<byte[]> reading = ReadAllAsync(stream, random.Next(1, 400));
        byte[] bytes = wire.ToArray();
        for (int at = 0; at < bytes.Length;)
        {
            int count = Math.Min(bytes.Length - at, random.Next(1, random.Next(3) == 0 ? 3 : 500));
            await channel.ReceiveAsync(bytes.AsMemory(at, count)).WaitAsync(YamuxPair.Patience);
            at += count;
        }
        Assert.Equal(expected.ToArray(), await reading.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task The_end_of_a_stream_is_a_frame_of_its_own()
    {
        Libp2pStream? accepted = null;
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync(null, s => accepted = s);
        await using (raw)
        {
            await raw.SendAsync(Frame(YamuxFlags.Syn, 0, []));
            while (accepted is null) await raw.ReceiveAsync(new byte[YamuxFrame.HeaderSize]); // Its acknowledgement.
            await accepted.WriteAsync(new byte[1000]);
            await accepted.CompleteWritesAsync();

            List<YamuxFrame> frames = [];
            byte[] header = new byte[YamuxFrame.HeaderSize];
            while (!frames.Exists(f => (f.Flags & YamuxFlags.Fin) != 0))
            {
                await FillAsync(raw, header);
                YamuxFrame frame = YamuxFrame.Read(header);
                frames.Add(frame);
                if (frame.Type == YamuxType.Data) await FillAsync(raw, new byte[frame.Length]);
            }
            Assert.Equal(1000, frames.Sum(f => f.Type == YamuxType.Data ? f.Length : 0));
            Assert.Equal(0u, frames[^1].Length);
        }
        await session.DisposeAsync();
    }

    private static async Task<Libp2pStream> OpenAsync(ScriptedChannel channel)
    {
        var session = new YamuxSession(channel, false, new YamuxOptions { KeepAliveInterval = TimeSpan.Zero }, TimeProvider.System, NullLogger.Instance);
        var accepted = new TaskCompletionSource<Libp2pStream>();
        session.Start(accepted.SetResult);
        await channel.ReceiveAsync(Frame(YamuxFlags.Syn, 0, []));
        return await accepted.Task.WaitAsync(YamuxPair.Patience);
    }

    private static byte[] Frame(YamuxFlags flags, int length, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[YamuxFrame.HeaderSize + payload.Length];
        new YamuxFrame(YamuxType.Data, flags, 1, (uint)length).Write(frame);
        payload.CopyTo(frame.AsSpan(YamuxFrame.HeaderSize));
        return frame;
    }

    private static async Task<byte[]> ReadAllAsync(Libp2pStream stream, int size)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[size];
        while (await stream.ReadAsync(buffer) is > 0 and int count) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    private static async Task FillAsync(NetConnection raw, byte[] buffer)
    {
        for (int have = 0; have < buffer.Length;)
        {
            int count = await raw.ReceiveAsync(buffer.AsMemory(have)).AsTask().WaitAsync(YamuxPair.Patience);
            Assert.NotEqual(0, count);
            have += count;
        }
    }
}
