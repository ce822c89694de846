using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Net;
using Shoal.Tests.Libp2p.Muxing;

namespace Shoal.Tests.Libp2p.Connections;

public class MultistreamSelectTests
{
    // js-libp2p 3.3.11 writes these.
    [Theory]
    [InlineData("/multistream/1.0.0", "132f6d756c746973747265616d2f312e302e300a")]
    [InlineData("/noise", "072f6e6f6973650a")]
    [InlineData("/yamux/1.0.0", "0d2f79616d75782f312e302e300a")]
    [InlineData("na", "036e610a")]
    public void Messages_are_laid_out_as_others_write_them(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(MultistreamMessage.Encode(text)));

    [Fact]
    public async Task The_first_proposal_that_is_served_wins()
    {
        (RawStream dialer, RawStream listener) = await RawPairAsync();
        Task<string?> answering = AnswerAsync(listener, "/b", "/c");
        Assert.Equal("/b", await MultistreamSelect.ProposeAsync(dialer, ["/a", "/b", "/c"], default).WaitAsync(YamuxPair.Patience));
        Assert.Equal("/b", await answering);
    }

    [Fact]
    public async Task No_protocol_in_common_is_said_so()
    {
        (RawStream dialer, RawStream listener) = await RawPairAsync();
        Task<string?> answering = AnswerAsync(listener, "/other");
        ProtocolNotSupportedException e = await Assert.ThrowsAsync<ProtocolNotSupportedException>(() => MultistreamSelect.ProposeAsync(dialer, ["/a", "/b"], default));
        Assert.Contains("/a, /b", e.Message, StringComparison.Ordinal);
        await dialer.CompleteWritesAsync();
        Assert.Null(await answering.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task A_lazy_proposal_leaves_with_the_first_data_and_its_answer_with_the_first_reply()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        Libp2pStream ours = pair.Client.OpenStream();
        MultistreamSelect.ProposeLazily(ours, "/echo");
        await ours.WriteAsync("hello"u8.ToArray());
        Libp2pStream theirs = await pair.Accepted.ReadAsync().AsTask().WaitAsync(YamuxPair.Patience);
        Assert.Equal("/echo", await MultistreamSelect.AnswerAsync(theirs, p => p == "/echo", default).WaitAsync(YamuxPair.Patience));
        byte[] got = new byte[5];
        await theirs.ReadExactlyAsync(got);
        await theirs.WriteAsync(got);
        byte[] back = new byte[5];
        await ours.ReadExactlyAsync(back).AsTask().WaitAsync(YamuxPair.Patience);
        Assert.Equal("hello", Encoding.UTF8.GetString(back));
    }

    [Fact]
    public async Task A_message_on_a_lazy_stream_that_is_closed_at_once_arrives_whole_with_its_end_behind_the_answer()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        using (Libp2pStream ours = pair.Client.OpenStream())
        {
            MultistreamSelect.ProposeLazily(ours, "/note");
            await ours.WriteAsync("hello"u8.ToArray());
        }
        Libp2pStream theirs = await pair.Accepted.ReadAsync().AsTask().WaitAsync(YamuxPair.Patience);
        Assert.Equal("/note", await MultistreamSelect.AnswerAsync(theirs, _ => true, default).WaitAsync(YamuxPair.Patience));
        byte[] got = new byte[6];
        await theirs.ReadExactlyAsync(got.AsMemory(0, 5)).AsTask().WaitAsync(YamuxPair.Patience);
        Task<int> end = theirs.ReadAsync(got).AsTask(); // A read that waits lets the answer go out.
        Assert.Equal(0, await end.WaitAsync(YamuxPair.Patience));
        await theirs.CompleteWritesAsync();
        Assert.Equal("hello", Encoding.UTF8.GetString(got, 0, 5));
    }

    [Fact]
    public async Task A_lazy_proposal_goes_out_when_the_dialer_only_reads_or_only_closes()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        foreach (bool reads in new[] { true, false })
        {
            Libp2pStream ours = pair.Client.OpenStream();
            MultistreamSelect.ProposeLazily(ours, "/quiet");
            Task<int>? reading = null;
            if (reads) reading = ours.ReadAsync(new byte[1]).AsTask();
            else await ours.CompleteWritesAsync();
            Libp2pStream theirs = await pair.Accepted.ReadAsync().AsTask().WaitAsync(YamuxPair.Patience);
            Assert.Equal("/quiet", await MultistreamSelect.AnswerAsync(theirs, _ => true, default).WaitAsync(YamuxPair.Patience));
            await theirs.WriteAsync(new byte[] { 1 });
            Assert.Equal(1, await (reading ?? ours.ReadAsync(new byte[1]).AsTask()).WaitAsync(YamuxPair.Patience));
        }
    }

    [Fact]
    public async Task A_lazy_proposal_that_is_refused_fails_the_first_read()
    {
        await using YamuxPair pair = await YamuxPair.StartAsync();
        Libp2pStream ours = pair.Client.OpenStream();
        MultistreamSelect.ProposeLazily(ours, "/unknown");
        await ours.WriteAsync(new byte[] { 1 });
        Libp2pStream theirs = await pair.Accepted.ReadAsync().AsTask().WaitAsync(YamuxPair.Patience);
        Task answering = MultistreamSelect.AnswerAsync(theirs, _ => false, default);
        await Assert.ThrowsAsync<ProtocolNotSupportedException>(async () => await ours.ReadAsync(new byte[1]).AsTask().WaitAsync(YamuxPair.Patience));
        await Assert.ThrowsAnyAsync<ShoalException>(() => answering.WaitAsync(YamuxPair.Patience));
    }

    [Theory]
    [InlineData("00")] // an empty message
    [InlineData("032f610b")] // no newline
    [InlineData("8080808001")] // a length of millions
    [InlineData("8100")] // a length that is not minimal
    [InlineData("0a2f6e6f742f6d696e650a")] // another protocol than multistream-select
    [InlineData("474554202f20485454502f312e310d0a")] // a browser
    public async Task What_is_not_multistream_select_is_a_wire_format_error(string hex)
    {
        (RawStream dialer, RawStream listener) = await RawPairAsync();
        await dialer.WriteAsync(Convert.FromHexString(hex));
        await dialer.CompleteWritesAsync();
        await Assert.ThrowsAsync<WireFormatException>(() => AnswerAsync(listener, "/a").WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public async Task Proposals_without_end_are_refused()
    {
        (RawStream dialer, RawStream listener) = await RawPairAsync();
        Task<string?> answering = AnswerAsync(listener, "/never");
        await dialer.WriteAsync(MultistreamMessage.Encode([MultistreamMessage.Header, .. Enumerable.Range(0, 65).Select(i => $"/{i}")]));
        await Assert.ThrowsAsync<WireFormatException>(() => answering.WaitAsync(YamuxPair.Patience));
    }

    [Fact]
    public void Garbage_never_throws_anything_but_the_wire_format_exception() =>
        Prop.ForAll<byte[]>(garbage => GarbageAsync(garbage).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    private static async Task<bool> GarbageAsync(byte[] garbage)
    {
        (RawStream dialer, RawStream listener) = await RawPairAsync();
        await dialer.WriteAsync(garbage);
        await dialer.CompleteWritesAsync();
        try
        {
            return await AnswerAsync(listener, "/a").WaitAsync(YamuxPair.Patience) is null;
        }
        catch (WireFormatException)
        {
            return true;
        }
    }

    private static async Task<string?> AnswerAsync(RawStream stream, params string[] served)
    {
        string? taken = await MultistreamSelect.AnswerAsync(stream, served.Contains, default);
        await stream.FlushAheadAsync();
        return taken;
    }

    private static async Task<(RawStream Dialer, RawStream Listener)> RawPairAsync()
    {
        (NetConnection a, NetConnection b) = await Loopback.ConnectAsync();
        return (new RawStream(a, new ReceiveBuffer(a)), new RawStream(b, new ReceiveBuffer(b)));
    }
}
