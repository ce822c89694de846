using Shoal.Libp2p.Muxing;

namespace Shoal.Tests.Libp2p.Muxing;

public class ReceiveQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gives_back_every_byte_in_order_whatever_the_sizes(int seed)
    {
        var random = new Random(seed);
        var queue = new ReceiveQueue();
        int written = 0, read = 0;
        byte[] buffer = new byte[200_000];
        for (int round = 0; round < 2_000; round++)
        {
            int size = random.Next(3) == 0 ? random.Next(150_000) : random.Next(100);
            for (int i = 0; i < size; i++) buffer[i] = (byte)((written + i) * 31);
            if (queue.Length < 1_000_000)
            {
                queue.Append(buffer.AsSpan(0, size));
                written += size;
            }
            int count = queue.Read(buffer.AsSpan(0, random.Next(200_000)));
            for (int i = 0; i < count; i++) Assert.Equal((byte)((read + i) * 31), buffer[i]);
            read += count;
            Assert.Equal(written - read, queue.Length);
        }
        queue.Clear();
        Assert.Equal(0, queue.Length);
        Assert.Equal(0, queue.Read(buffer));
    }
}
