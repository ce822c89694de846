using System.Security.Cryptography;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;

namespace Shoal.Tests.Libp2p.Muxing;

public class YamuxSessionTests
{
    [Theory]
    [InlineData(1, 1 << 20)]
    [InlineData(65_536, 20 << 20)]
    [InlineData(300_000, 40 << 20)]
    public async Task A_stream_carries_all_bytes_both_ways(int chunk, int total)
    {
        if (chunk == 1) total = 20_000;
        await using YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([1, 2, 3]);
        Task<byte[]> forth = SendAndHashAsync(a, chunk, total);
        Task<byte[]> back = SendAndHashAsync(b, chunk, total);
        byte[] there = await HashAsync(b).WaitAsync(YamuxPair.Patience);
        byte[] here = await HashAsync(a).WaitAsync(YamuxPair.Patience);
        Assert.Equal(await forth, there);
        Assert.Equal(await back, here);
        await UntilAsync(() => pair.Client.StreamCount == 0 && pair.Server.StreamCount == 0);
    }

    [Fact]
    public async Task A_hundred_streams_run_side_by_side()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        Task echo = Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            Libp2pStream stream = await pair.Accepted.ReadAsync();
            await stream.CopyToAsync(stream);
            await stream.CompleteWritesAsync();
        }));
        Task[] clients = [.. Enumerable.Range(0, 100).Select(async i =>
        {
            byte[] sent = RandomNumberGenerator.GetBytes(50_000 + i * 1000);
            await using Libp2pStream stream = pair.Client.OpenStream();
            Task writing = Task.Run(async () =>
            {
                await stream.WriteAsync(sent);
                await stream.CompleteWritesAsync();
            });
            byte[] got = new byte[sent.Length];
            await stream.ReadExactlyAsync(got);
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
            Assert.Equal(sent, got);
            await writing;
        })];
        await Task.WhenAll(clients).WaitAsync(YamuxPair.Patience);
        await echo.WaitAsync(YamuxPair.Patience);
    }

    [Fact]
    public async Task A_half_closed_stream_still_answers()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        await a.CompleteWritesAsync();
        Assert.Equal(0, await b.ReadAsync(new byte[1]).AsTask().WaitAsync(YamuxPair.Patience));
        await b.WriteAsync(new byte[] { 7 });
        await b.CompleteWritesAsync();
        byte[] got = new byte[2];
        Assert.Equal(1, await a.ReadAtLeastAsync(got, 2, throwOnEndOfStream: false).AsTask().WaitAsync(YamuxPair.Patience));
        Assert.Equal(7, got[0]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task An_abort_fails_the_reads_and_writes_of_the_other_side()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        ValueTask<int> read = b.ReadAsync(new byte[1]);
        a.Abort();
        await Assert.ThrowsAsync<StreamResetException>(async () => await read.AsTask().WaitAsync(YamuxPair.Patience));
        await Assert.ThrowsAsync<StreamResetException>(async () => await b.WriteAsync(new byte[1]));
        await Assert.ThrowsAsync<StreamResetException>(async () => await a.WriteAsync(new byte[1]));
        Assert.Equal(0, pair.Client.StreamCount);
    }

    [Fact]
    public async Task A_stream_nobody_reads_stops_its_sender_and_nobody_else()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        Task stuck = a.WriteAsync(new byte[YamuxOptions.InitialWindow * 4]).AsTask();
        (Libp2pStream c, Libp2pStream d) = await pair.OpenAsync([8]);
        await d.WriteAsync(new byte[] { 5 });
        Assert.Equal(1, await c.ReadAsync(new byte[1]).AsTask().WaitAsync(YamuxPair.Patience));
        Assert.False(stuck.IsCompleted);

        await b.ReadExactlyAsync(new byte[YamuxOptions.InitialWindow * 4]).AsTask().WaitAsync(YamuxPair.Patience);
        await stuck.WaitAsync(YamuxPair.Patience);
    }

    [Fact]
    public async Task A_waiting_read_or_write_can_be_cancelled_and_the_stream_goes_on()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        using var cancel = new CancellationTokenSource();
        ValueTask<int> read = a.ReadAsync(new byte[1], cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        await b.WriteAsync(new byte[] { 3 });
        Assert.Equal(1, await a.ReadAsync(new byte[1]).AsTask().WaitAsync(YamuxPair.Patience));

        using var cancelWrite = new CancellationTokenSource();
        Task write = a.WriteAsync(new byte[YamuxOptions.InitialWindow * 2], cancelWrite.Token).AsTask();
        cancelWrite.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task The_window_grows_for_a_fast_reader_within_its_limits()
    {
        var options = new YamuxOptions { MaxStreamWindow = 1 << 20 };
        await using YamuxPair pair = await YamuxPair.StartAsync(options, options);
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        Task<byte[]> sending = SendAndHashAsync(a, 1 << 18, 64 << 20);
        await HashAsync(b).WaitAsync(YamuxPair.Patience);
        await sending;
        (Libp2pStream c, _) = await pair.OpenAsync([1]);
        Task stuck = c.WriteAsync(new byte[(1 << 20) + 1]).AsTask();
        Assert.False(stuck.IsCompleted);
    }

    [Fact]
    public async Task Closing_lets_what_was_written_go_out_and_then_fails_what_is_open()
    {
        YamuxPair pair = await YamuxPair.StartAsync();
        (Libp2pStream a, Libp2pStream b) = await pair.OpenAsync([9]);
        byte[] sent = RandomNumberGenerator.GetBytes(100_000);
        await a.WriteAsync(sent);
        await pair.Client.DisposeAsync();
        byte[] got = new byte[sent.Length];
        await b.ReadExactlyAsync(got).AsTask().WaitAsync(YamuxPair.Patience);
        Assert.Equal(sent, got);
        await Assert.ThrowsAsync<ConnectionClosedException>(async () => await b.ReadAsync(new byte[1]).AsTask().WaitAsync(YamuxPair.Patience));
        await pair.Server.Completion.WaitAsync(YamuxPair.Patience);
        Assert.Throws<ConnectionClosedException>(() => pair.Client.OpenStream());
        await pair.DisposeAsync();
    }

    [Fact]
    public async Task Both_sides_may_say_goodbye_at_once()
    {
        YamuxPair pair = await YamuxPair.StartAsync();
        await Task.WhenAll(pair.Client.DisposeAsync().AsTask(), pair.Server.DisposeAsync().AsTask()).WaitAsync(YamuxPair.Patience);
        Assert.True(pair.Client.Completion.IsCompletedSuccessfully && pair.Server.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_ping_measures_a_round_trip()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        TimeSpan roundTrip = await pair.Client.PingAsync(default).WaitAsync(YamuxPair.Patience);
        Assert.InRange(roundTrip, TimeSpan.FromTicks(1), YamuxPair.Patience);
    }

    [Fact]
    public async Task Our_own_limit_on_streams_is_named()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync(new YamuxOptions { MaxOutboundStreams = 2 });
        pair.Client.OpenStream();
        pair.Client.OpenStream();
        LimitExceededException e = Assert.Throws<LimitExceededException>(() => pair.Client.OpenStream());
        Assert.Contains(nameof(YamuxOptions.MaxOutboundStreams), e.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> SendAndHashAsync(Libp2pStream stream, int chunk, int total)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] bytes = RandomNumberGenerator.GetBytes(chunk);
        for (int sent = 0; sent < total;)
        {
            int count = Math.Min(chunk, total - sent);
            hash.AppendData(bytes, 0, count);
            await stream.WriteAsync(bytes.AsMemory(0, count));
            sent += count;
        }
        await stream.CompleteWritesAsync();
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> HashAsync(Libp2pStream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[200_000];
        while (await stream.ReadAsync(buffer) is > 0 and int count) hash.AppendData(buffer, 0, count);
        return hash.GetHashAndReset();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(YamuxPair.Patience);
        while (!condition()) await Task.Delay(5, limit.Token);
    }
}
