using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Muxing;
using Shoal.Libp2p.Security;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Hostile;

/// <summary>Peers that misbehave after the handshake, under a name of their own: it costs them their connection at most.</summary>
public class HostileSessionTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Records_that_are_not_authentic_end_the_connection() => HostileStage.Run(async stage =>
    {
        (SecureChannel channel, NetConnection raw) = await stage.SecureAsync();
        await raw.SendAsync((byte[])[0, 50, .. new byte[50]]);
        Assert.InRange(await stage.UntilEndedAsync(channel), TimeSpan.Zero, Soon);
    });

    [Theory]
    [InlineData("010000010000000100000000")] // another version
    [InlineData("000900000000000000000000")] // an unknown type
    [InlineData("000000000000000100000001")] // data on a stream that nobody opened
    [InlineData("000100010000000200000000")] // a stream with a number of the other side
    [InlineData("00010001000000010000000000010000000000010FFFFFFF00010000000000 01FFFFFFFF")] // a window that overflows
    public void Frames_against_the_specification_end_the_connection(string hex) => HostileStage.Run(async stage =>
    {
        (SecureChannel channel, _) = await stage.SecureAsync();
        await HostileStage.SendAsync(channel, Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.InRange(await stage.UntilEndedAsync(channel), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    });

    [Fact]
    public void More_data_than_the_window_allows_ends_the_connection() => HostileStage.Run(async stage =>
    {
        var never = new TaskCompletionSource();
        stage.Victim.Handle("/deaf/1", (_, stop) => never.Task.WaitAsync(stop));
        (SecureChannel channel, _) = await stage.SecureAsync();
        Task<TimeSpan> ended = stage.UntilEndedAsync(channel);
        byte[] opening = [19, .. "/multistream/1.0.0\n"u8, 8, .. "/deaf/1\n"u8];
        await HostileStage.SendAsync(channel, Frame(YamuxType.Data, YamuxFlags.Syn, 1, opening));
        try
        {
            for (int i = 0; i < 100; i++) await HostileStage.SendAsync(channel, Frame(YamuxType.Data, YamuxFlags.None, 1, new byte[10_000]));
        }
        catch (NetworkException)
        {
            // Ended.
        }

        Assert.InRange(await ended, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    });

    [Fact]
    public void A_flood_of_streams_ends_the_connection() => HostileStage.Run(async stage =>
    {
        (SecureChannel channel, _) = await stage.SecureAsync();
        Task<TimeSpan> ended = stage.UntilEndedAsync(channel);
        int most = 0;
        try
        {
            for (uint i = 0; i < 20_000 && !ended.IsCompleted; i++)
            {
                await HostileStage.SendAsync(channel, Frame(YamuxType.WindowUpdate, YamuxFlags.Syn, (2 * i) + 1, 0));
                if (i % 50 == 0) await stage.Pause(0.01);
                most = Math.Max(most, stage.Victim.Connections.Sum(c => c.StreamCount));
            }
        }
        catch (NetworkException)
        {
            // Ended.
        }

        Assert.InRange(await ended, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(most, 1, new YamuxOptions().MaxInboundStreams + 10);
    });

    [Fact]
    public void Streams_that_never_agree_on_a_protocol_are_reset_in_time() => HostileStage.Run(async stage =>
    {
        (SecureChannel channel, NetConnection raw) = await stage.SecureAsync();
        Task<TimeSpan> ended = stage.UntilEndedAsync(channel);
        for (uint i = 0; i < 100; i++)
            await HostileStage.SendAsync(channel, Frame(YamuxType.Data, YamuxFlags.Syn, (2 * i) + 1, [19, .. "/multistream/1.0"u8]));
        await stage.Pause(1);
        Libp2pConnection connection = stage.Victim.Connections.Single(c => c.RemotePeer != stage.Honest.Id);
        Assert.InRange(connection.StreamCount, 100, new StreamLimits().MaxNegotiating + 10);
        await stage.Pause(15);
        Assert.InRange(connection.StreamCount, 0, 3);
        raw.Abort();
        await ended;
        await connection.Closed;
    });

    [Fact]
    public void A_handler_that_throws_costs_its_stream() => HostileStage.Run(async stage =>
    {
        stage.Victim.Handle("/bad/1", (_, _) => throw new InvalidOperationException("a bug of the application"));
        await Assert.ThrowsAsync<StreamResetException>(async () =>
        {
            await using Libp2pStream stream = await stage.Honest.OpenStreamAsync(stage.Victim.Id, "/bad/1");
            await stream.ReadExactlyAsync(new byte[1]);
        });
    });

    [Fact]
    public void A_garbled_identify_costs_at_most_the_connection() => HostileStage.Run(async stage =>
    {
        (SecureChannel channel, NetConnection raw) = await stage.SecureAsync();
        Task<TimeSpan> ended = stage.UntilEndedAsync(channel);
        byte[] push = [19, .. "/multistream/1.0.0\n"u8, 20, .. "/ipfs/id/push/1.0.0\n"u8, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3];
        await HostileStage.SendAsync(channel, Frame(YamuxType.Data, YamuxFlags.Syn, 1, push));
        await stage.Pause(1);
        raw.Abort();
        await ended;
        await stage.Pause(1);
    });

    private static byte[] Frame(YamuxType type, YamuxFlags flags, uint stream, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[YamuxFrame.HeaderSize + payload.Length];
        new YamuxFrame(type, flags, stream, (uint)payload.Length).Write(frame);
        payload.CopyTo(frame.AsSpan(YamuxFrame.HeaderSize));
        return frame;
    }

    private static byte[] Frame(YamuxType type, YamuxFlags flags, uint stream, uint length)
    {
        byte[] frame = new byte[YamuxFrame.HeaderSize];
        new YamuxFrame(type, flags, stream, length).Write(frame);
        return frame;
    }
}
