using System.Net.Sockets;
using Shoal.Net;

namespace Shoal.Tests.Net;

public class InMemoryConnectionTests
{
    private readonly NetConnection _a;
    private readonly NetConnection _b;

    public InMemoryConnectionTests() => (_a, _b) = InMemoryConnection.CreatePair(100);

    [Fact]
    public async Task What_is_sent_arrives_in_order_both_ways()
    {
        await _a.SendAsync(new byte[] { 1, 2, 3 });
        await _a.SendAsync(new byte[] { 4 });
        await _b.SendAsync(new byte[] { 9 });
        byte[] got = new byte[10];
        Assert.Equal(4, await _b.ReceiveAsync(got));
        Assert.Equal([1, 2, 3, 4], got[..4]);
        Assert.Equal(1, await _a.ReceiveAsync(got));
        Assert.Equal(9, got[0]);
    }

    [Fact]
    public async Task A_full_buffer_makes_the_sender_wait_until_the_reader_takes()
    {
        await _a.SendAsync(new byte[60]);
        Task sending = _a.SendAsync(new byte[60]).AsTask();
        Assert.False(sending.IsCompleted);
        Assert.Equal(100, await _b.ReceiveAsync(new byte[200]));
        Assert.True(sending.IsCompletedSuccessfully);
        Assert.Equal(20, await _b.ReceiveAsync(new byte[200]));
        await sending;
    }

    [Fact]
    public async Task A_waiting_receiver_goes_on_inside_the_send()
    {
        Task<int> receiving = _b.ReceiveAsync(new byte[10]).AsTask();
        Assert.False(receiving.IsCompleted);
        ValueTask sending = _a.SendAsync(new byte[5]);
        Assert.True(receiving.IsCompletedSuccessfully);
        await sending;
        Assert.Equal(5, await receiving);
    }

    [Fact]
    public async Task WaitForData_takes_nothing()
    {
        ValueTask waiting = _b.WaitForDataAsync();
        Assert.False(waiting.IsCompleted);
        await _a.SendAsync(new byte[5]);
        await waiting;
        await _b.WaitForDataAsync();
        Assert.Equal(5, await _b.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task A_direction_ends_after_what_was_sent_and_the_other_goes_on()
    {
        await _a.SendAsync(new byte[5]);
        _a.CompleteWrites();
        _a.CompleteWrites();
        Assert.Equal(5, await _b.ReceiveAsync(new byte[10]));
        await _b.WaitForDataAsync();
        Assert.Equal(0, await _b.ReceiveAsync(new byte[10]));
        Assert.Equal(0, await _b.ReceiveAsync(new byte[10]));
        await _b.SendAsync(new byte[7]);
        Assert.Equal(7, await _a.ReceiveAsync(new byte[10]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _a.SendAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Abort_ends_all_waits_on_both_sides()
    {
        Task sendingA = _a.SendAsync(new byte[200]).AsTask();
        Task<int> receivingA = _a.ReceiveAsync(new byte[1]).AsTask();
        _a.Abort();
        _a.Abort();
        await Fails(sendingA, SocketError.OperationAborted);
        await Fails(receivingA, SocketError.OperationAborted);
        await Fails(_b.SendAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
        await Fails(_b.ReceiveAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);

        (NetConnection c, NetConnection d) = InMemoryConnection.CreatePair(100);
        Task sendingD = d.SendAsync(new byte[200]).AsTask();
        Task<int> receivingD = d.ReceiveAsync(new byte[1]).AsTask();
        c.Abort();
        await Fails(sendingD, SocketError.ConnectionReset);
        await Fails(receivingD, SocketError.ConnectionReset);
        await d.WaitForDataAsync();
    }

    [Fact]
    public async Task Dispose_lets_what_was_sent_arrive_and_fails_what_comes_afterwards()
    {
        Task sendingB = _b.SendAsync(new byte[200]).AsTask();
        await _a.SendAsync(new byte[5]);
        await _a.DisposeAsync();
        await Fails(sendingB, SocketError.ConnectionReset);
        Assert.Equal(5, await _b.ReceiveAsync(new byte[10]));
        Assert.Equal(0, await _b.ReceiveAsync(new byte[10]));
        await Fails(_a.ReceiveAsync(new byte[10]).AsTask(), SocketError.OperationAborted);
    }

    [Fact]
    public async Task A_second_receive_at_a_time_is_the_callers_fault()
    {
        Task<int> first = _a.ReceiveAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _a.ReceiveAsync(new byte[1]).AsTask());
        await _b.SendAsync(new byte[1]);
        Assert.Equal(1, await first);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(64 * 1024)]
    public async Task Megabytes_pass_between_two_threads(int buffer)
    {
        const int Total = 2_000_000;
        (NetConnection a, NetConnection b) = InMemoryConnection.CreatePair(buffer);
        int total = buffer == 1 ? 20_000 : Total;
        Task sending = Task.Run(async () =>
        {
            var random = new Random(1);
            byte next = 0;
            for (int sent = 0; sent < total;)
            {
                byte[] piece = new byte[Math.Min(random.Next(1, 5000), total - sent)];
                for (int i = 0; i < piece.Length; i++) piece[i] = next++;
                await a.SendAsync(piece);
                sent += piece.Length;
            }

            a.CompleteWrites();
        });
        int got = await Task.Run(async () =>
        {
            byte[] piece = new byte[3000];
            int received = 0;
            while (await b.ReceiveAsync(piece) is var count && count > 0)
                for (int i = 0; i < count; i++) Assert.Equal((byte)received++, piece[i]);
            return received;
        }).WaitAsync(TimeSpan.FromSeconds(60));
        await sending;
        Assert.Equal(total, got);
    }

    private static async Task Fails(Task task, SocketError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<NetworkException>(() => task)).Error);
}
