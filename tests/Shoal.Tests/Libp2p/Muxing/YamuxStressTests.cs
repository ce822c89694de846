using System.Buffers.Binary;
using Shoal.Libp2p;
using Shoal.Libp2p.Muxing;

namespace Shoal.Tests.Libp2p.Muxing;

public class YamuxStressTests
{
    private const int Workers = 8;
    private const int StreamsEach = 60;

    // Each stream is told its length and first value; the other side checks every byte and sends the same back. Some are
    // aborted, cancelled or closed half way, which must disturb nobody else.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Streams_of_many_threads_keep_their_bytes_whatever_happens_to_others(int seed)
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        using var stop = new CancellationTokenSource();
        Task serving = ServeAsync(pair, stop.Token);
        int[] completed = await Task.WhenAll(Enumerable.Range(0, Workers).Select(w => Task.Run(() => WorkAsync(pair.Client, new Random(seed * 1000 + w)))))
            .WaitAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(completed.Sum(), Workers * StreamsEach / 4, Workers * StreamsEach);

        // Whatever was cut short is cleared away: the session is as good as new.
        using (Libp2pStream stream = pair.Client.OpenStream())
        {
            await stream.WriteAsync(new byte[] { 0, 0, 0, 9, 1 });
            await Task.WhenAll(WriteAsync(stream, 9, 1, 9, default), ReadAsync(stream, 9, 1, 9, default)).WaitAsync(YamuxPair.Patience);
        }
        stop.Cancel();
        await serving;
        Assert.InRange(pair.Server.OnUnread(0), 0, YamuxOptions.InitialWindow);
    }

    private static async Task<int> WorkAsync(YamuxSession session, Random random)
    {
        int completed = 0;
        for (int i = 0; i < StreamsEach; i++)
        {
            int length = random.Next(4) == 0 ? random.Next(600_000) : random.Next(5_000);
            byte first = (byte)random.Next(256);
            int accident = random.Next(6);
            using var cancel = new CancellationTokenSource();
            using Libp2pStream stream = session.OpenStream();
            try
            {
                byte[] header = new byte[5];
                BinaryPrimitives.WriteInt32BigEndian(header, length);
                header[4] = first;
                await stream.WriteAsync(header, cancel.Token);
                Task writing = WriteAsync(stream, length, first, random.Next(1, 100_000), cancel.Token);
                Task reading = ReadAsync(stream, length, first, random.Next(1, 100_000), cancel.Token);
                if (accident == 0) stream.Abort();
                if (accident == 1) cancel.CancelAfter(random.Next(3));
                await Task.WhenAll(writing, reading);
                completed++;
            }
            catch (Exception e) when (accident < 2 && e is StreamResetException or OperationCanceledException or ObjectDisposedException)
            {
                stream.Abort();
            }
        }
        return completed;
    }

    private static async Task ServeAsync(YamuxPair pair, CancellationToken stop)
    {
        List<Task> tasks = [];
        try
        {
            while (true) tasks.Add(EchoAsync(await pair.Accepted.ReadAsync(stop)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(tasks).WaitAsync(YamuxPair.Patience, CancellationToken.None);
        }
    }

    private static async Task EchoAsync(Libp2pStream stream)
    {
        try
        {
            byte[] header = new byte[5];
            await stream.ReadExactlyAsync(header);
            int length = BinaryPrimitives.ReadInt32BigEndian(header);
            await Task.WhenAll(ReadAsync(stream, length, header[4], 30_000, default), WriteAsync(stream, length, header[4], 20_000, default));
        }
        catch (Exception e) when (e is StreamResetException or EndOfStreamException)
        {
            // Cut short by the client, as it does now and then.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private static async Task WriteAsync(Libp2pStream stream, int length, byte first, int chunk, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[chunk];
        for (int sent = 0; sent < length;)
        {
            int count = Math.Min(chunk, length - sent);
            for (int i = 0; i < count; i++) buffer[i] = (byte)(first + (sent + i) * 7);
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            sent += count;
        }
        await stream.CompleteWritesAsync(cancellationToken);
    }

    private static async Task ReadAsync(Libp2pStream stream, int length, byte first, int chunk, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[chunk];
        int received = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int count)
        {
            for (int i = 0; i < count; i++)
                if (buffer[i] != (byte)(first + (received + i) * 7)) Assert.Fail($"byte {received + i} of {length} is wrong");
            received += count;
        }
        if (received < length) throw new EndOfStreamException();
        Assert.Equal(length, received);
    }
}
