using System.Net;
using System.Text;
using Shoal.Libp2p;
using Shoal.Libp2p.Discovery.Dns;

namespace Shoal.Tests.Libp2p.Discovery;

public class DnsClientTests
{
    private static readonly DnsName Name = DnsName.Parse("_dnsaddr.example.test");
    private static readonly Dictionary<string, string[]> Texts = new() { [Name.ToString()] = ["one", new string('x', 600)] };

    [Fact]
    public async Task Texts_of_a_name_are_found_and_long_ones_joined()
    {
        await using var server = FakeNameServer.WithTexts(Texts);
        Assert.Equal(Texts[Name.ToString()], await AskAsync(server));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_has_no_texts()
    {
        await using var server = FakeNameServer.WithTexts([]);
        Assert.Empty(await AskAsync(server));
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_again_over_tcp()
    {
        await using var server = new FakeNameServer(
            q => [DnsCodec.ToBytes(q with { Flags = DnsFlags.Response | DnsFlags.Truncated })],
            q => FakeNameServer.Answer(q, Texts));
        Assert.Equal(Texts[Name.ToString()], await AskAsync(server));
        Assert.Equal(1, server.Streams);
    }

    [Fact]
    public async Task Answers_with_a_wrong_id_or_question_and_garbage_are_passed_over()
    {
        await using var server = new FakeNameServer(q =>
        [
            [1, 2, 3],
            FakeNameServer.Answer(q with { Id = (ushort)(q.Id + 1) }, new() { [Name.ToString()] = ["forged"] }),
            FakeNameServer.Answer(q with { Questions = [new DnsQuestion(DnsName.Parse("other.test"), DnsType.Txt)] }, new() { ["other.test"] = ["forged"] }),
            DnsCodec.ToBytes(q),
            FakeNameServer.Answer(q, Texts),
        ]);
        Assert.Equal(Texts[Name.ToString()], await AskAsync(server));
    }

    [Fact]
    public async Task Records_of_other_names_in_an_answer_are_not_believed()
    {
        await using var server = new FakeNameServer(q =>
        [
            DnsCodec.ToBytes(q with { Flags = DnsFlags.Response, Answers = [new TxtRecord(DnsName.Parse("other.test"), 1, ["forged"u8.ToArray()])] }),
        ]);
        Assert.Empty(await AskAsync(server));
    }

    [Fact]
    public async Task Aliases_are_followed_inside_the_answer_and_loops_end()
    {
        DnsName alias = DnsName.Parse("alias.test"), loop = DnsName.Parse("loop.test");
        await using var server = new FakeNameServer(q =>
        [
            DnsCodec.ToBytes(q with
            {
                Flags = DnsFlags.Response,
                Answers = q.Questions[0].Name.Equals(Name)
                    ? [new CnameRecord(Name, 1, alias), new TxtRecord(alias, 1, ["there"u8.ToArray()])]
                    : [new CnameRecord(loop, 1, loop)],
            }),
        ]);
        Assert.Equal(["there"], await AskAsync(server));
        Assert.Empty(await AskAsync(server, name: loop));
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_extension_is_asked_without()
    {
        await using var server = new FakeNameServer(q => q.UdpPayloadSize is not null
            ? [DnsCodec.ToBytes(new DnsMessage { Id = q.Id, Flags = DnsFlags.Response | (DnsFlags)DnsResponseCode.FormatError })]
            : [FakeNameServer.Answer(q, Texts)]);
        Assert.Equal(Texts[Name.ToString()], await AskAsync(server));
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_fails()
    {
        await using var broken = new FakeNameServer(q => [DnsCodec.ToBytes(q with { Flags = DnsFlags.Response | (DnsFlags)DnsResponseCode.ServerFailure })]);
        await using var good = FakeNameServer.WithTexts(Texts);
        Assert.Equal(2, (await AskAsync(new DnsClientOptions { Servers = [broken.EndPoint, good.EndPoint] })).Count);
        Assert.Equal(1, broken.Datagrams);
    }

    [Fact]
    public async Task Silence_ends_with_the_time_out_of_each_attempt_and_says_so()
    {
        await using var silent = new FakeNameServer(_ => []);
        var error = await Assert.ThrowsAsync<Libp2pException>(
            () => AskAsync(new DnsClientOptions { Servers = [silent.EndPoint], Timeout = TimeSpan.FromMilliseconds(50), Rounds = 2 }));
        Assert.Contains("did not answer", error.Message, StringComparison.Ordinal);
        Assert.InRange(silent.Datagrams, 1, 2); // The server itself may be late to count the second.
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_ends_the_attempt()
    {
        await using var noisy = new FakeNameServer(_ => Enumerable.Repeat<byte[]>([0], 100));
        await Assert.ThrowsAsync<Libp2pException>(() => AskAsync(new DnsClientOptions { Servers = [noisy.EndPoint], Rounds = 1 }));
    }

    [Fact]
    public async Task Cancelling_ends_the_lookup()
    {
        await using var silent = new FakeNameServer(_ => []);
        using var cancel = new CancellationTokenSource();
        Task lookup = new DnsClient(new DnsClientOptions { Servers = [silent.EndPoint] }, TimeProvider.System).GetTextsAsync(Name, cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup);
    }

    [Fact]
    public void Name_servers_are_read_from_the_lines_of_resolv_conf()
    {
        List<IPEndPoint> servers = DnsServers.Parse(
            ["# nameserver 9.9.9.9", "search local", "nameserver 10.0.0.1", "nameserver\t fe80::1%2 ", "nameserver nonsense", "nameserver", "nameserver 1.1.1.1", "nameserver 8.8.8.8"]);
        Assert.Equal(["10.0.0.1:53", "[fe80::1%2]:53", "1.1.1.1:53"], servers.Select(s => s.ToString()));
    }

    private static Task<List<string>> AskAsync(FakeNameServer server, DnsName? name = null) => AskAsync(new DnsClientOptions { Servers = [server.EndPoint] }, name);

    private static async Task<List<string>> AskAsync(DnsClientOptions options, DnsName? name = null) =>
        [.. (await new DnsClient(options, TimeProvider.System).GetTextsAsync(name ?? Name, default)).Select(Encoding.UTF8.GetString)];
}
