using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

public class YamuxHostilePeerTests
{
    [Theory]
    [InlineData("010000010000000100000000")] // another version
    [InlineData("000000000000000100000001")] // data for a stream nobody opened
    [InlineData("000100010000000200000000")] // a stream with a number of ours
    [InlineData("000100010000000100000000000100010000000100000000")] // a stream opened twice
    [InlineData("000000010000000100040001")] // more data than there is credit for
    public async Task A_broken_protocol_costs_the_connection(string hex)
    {
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync();
        await using (raw)
        {
            await raw.SendAsync(Convert.FromHexString(hex));
            await Assert.ThrowsAsync<WireFormatException>(() => session.Completion.WaitAsync(YamuxPair.Patience));
        }
    }

    [Fact]
    public async Task A_window_that_overflows_costs_the_connection()
    {
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync();
        await using (raw)
        {
            await raw.SendAsync(Convert.FromHexString("000100010000000100000000" + "0001000000000001ffffffff" + "0001000000000001ffffffff"));
            await Assert.ThrowsAsync<WireFormatException>(() => session.Completion.WaitAsync(YamuxPair.Patience));
        }
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_and_opening_on_costs_the_connection()
    {
        var options = new YamuxOptions { MaxInboundStreams = 3, MaxRefusedStreams = 10 };
        int opened = 0;
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync(options, _ => Interlocked.Increment(ref opened));
        await using (raw)
        {
            for (uint i = 0; i < 100 && !session.Completion.IsCompleted; i++)
            {
                byte[] syn = new byte[YamuxFrame.HeaderSize];
                new YamuxFrame(YamuxType.WindowUpdate, YamuxFlags.Syn, i * 2 + 1, 0).Write(syn);
                try
                {
                    await raw.SendAsync(syn);
                }
                catch (NetworkException)
                {
                    break;
                }
            }
            WireFormatException e = await Assert.ThrowsAsync<WireFormatException>(() => session.Completion.WaitAsync(YamuxPair.Patience));
            Assert.Contains(nameof(YamuxOptions.MaxInboundStreams), e.Message, StringComparison.Ordinal);
            Assert.Equal(3, opened);
        }
    }

    [Fact]
    public async Task A_peer_that_pings_without_reading_the_answers_loses_its_connection()
    {
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync(new YamuxOptions { MaxPendingControl = 100 });
        await using (raw)
        {
            byte[] pings = new byte[YamuxFrame.HeaderSize * 10_000];
            for (int i = 0; i < 10_000; i++) new YamuxFrame(YamuxType.Ping, YamuxFlags.Syn, 0, (uint)i).Write(pings.AsSpan(i * YamuxFrame.HeaderSize));
            Task flood = Task.Run(async () =>
            {
                for (int i = 0; i < 1_000; i++) await raw.SendAsync(pings);
            });
            await Assert.ThrowsAsync<WireFormatException>(() => session.Completion.WaitAsync(YamuxPair.Patience));
            await Assert.ThrowsAsync<NetworkException>(() => flood.WaitAsync(YamuxPair.Patience));
        }
    }

    [Fact]
    public async Task Unread_bytes_are_bounded_over_all_streams()
    {
        var options = new YamuxOptions { MaxUnreadBytes = 300_000 };
        List<Libp2pStream> streams = [];
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync(options, streams.Add);
        await using (raw)
        {
            byte[] frame = new byte[YamuxFrame.HeaderSize + 200_000];
            for (uint id = 1; id <= 9; id += 2)
            {
                new YamuxFrame(YamuxType.Data, YamuxFlags.Syn, id, 200_000).Write(frame);
                await raw.SendAsync(frame);
            }
            await raw.SendAsync(Ping(77));
            await ReadUntilPongAsync(raw, 77);
            Assert.InRange(session.OnUnread(0), 0, 300_000);
            Assert.Equal(1, session.StreamCount);
        }
        await session.DisposeAsync();
    }

    [Theory]
    [InlineData(100, 1)] // an answer that came late is nothing to be upset about
    [InlineData(20_000, 0)]
    public async Task A_stream_closed_by_us_is_reset_when_the_peer_goes_on_sending(int bytes, int streamsLeft)
    {
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync(null, s => s.Dispose());
        await using (raw)
        {
            byte[] frame = new byte[YamuxFrame.HeaderSize + bytes];
            new YamuxFrame(YamuxType.Data, YamuxFlags.Syn, 1, (uint)bytes).Write(frame);
            await raw.SendAsync(frame);
            await raw.SendAsync(Ping(5));
            await ReadUntilPongAsync(raw, 5);
            Assert.Equal(streamsLeft, session.StreamCount);
        }
        await session.DisposeAsync();
    }

    [Fact]
    public void Garbage_never_throws_anything_but_the_wire_format_exception() =>
        Prop.ForAll<byte[]>(garbage => GarbageAsync(garbage).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    private static async Task<bool> GarbageAsync(byte[] garbage)
    {
        (YamuxSession session, NetConnection raw) = await YamuxPair.StartAgainstRawAsync();
        await using (raw)
        {
            if (garbage.Length > 0) await raw.SendAsync(garbage);
            raw.CompleteWrites();
            try
            {
                await session.Completion.WaitAsync(YamuxPair.Patience);
                return true;
            }
            catch (WireFormatException)
            {
                return true;
            }
        }
    }

    private static byte[] Ping(uint id)
    {
        byte[] ping = new byte[YamuxFrame.HeaderSize];
        new YamuxFrame(YamuxType.Ping, YamuxFlags.Syn, 0, id).Write(ping);
        return ping;
    }

    private static async Task ReadUntilPongAsync(NetConnection raw, uint id)
    {
        byte[] header = new byte[YamuxFrame.HeaderSize];
        while (true)
        {
            for (int have = 0; have < header.Length;)
            {
                int count = await raw.ReceiveAsync(header.AsMemory(have)).AsTask().WaitAsync(YamuxPair.Patience);
                Assert.NotEqual(0, count);
                have += count;
            }
            YamuxFrame frame = YamuxFrame.Read(header);
            if (frame.Type == YamuxType.Ping && frame.Length == id) return;
        }
    }
}
