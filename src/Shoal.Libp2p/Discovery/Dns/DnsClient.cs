using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Shoal.Net;

namespace Shoal.Libp2p.Discovery.Dns;

/// <summary>Settings of a <see cref="DnsClient"/>. Every property states its unit and default.</summary>
internal sealed record DnsClientOptions
{
    /// <summary>Name servers, first choice first. Default: null, the system's.</summary>
    public IReadOnlyList<IPEndPoint>? Servers { get; init; }

    /// <summary>How long one server may take for one answer. Default: 2 s; a resolver's own time-outs are around 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often all servers are asked in turn before the lookup fails. Default: 2 (resolv.conf(5), attempts).</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>Datagrams looked at while waiting for one answer. Default: 32: the right one comes first or second, the rest are guesses.</summary>
    public int MaxStrayAnswers { get; init; } = 32;
}

/// <summary>Asks name servers for TXT records, which the base library cannot (RFC 1035).</summary>
/// <remarks>
/// Answers are believed only when they come from the server that was asked, to the port that asked, with the id and the
/// question that were sent: the id is random and each attempt has a fresh socket, so its port is the system's choice.
/// </remarks>
internal sealed class DnsClient(DnsClientOptions options, TimeProvider time)
{
    /// <summary>Largest answer asked for in one datagram, in bytes. Default: 1232, fits any path without fragments (DNS flag day 2020).</summary>
    internal const int MaxDatagramBytes = 1232;

    /// <summary>Aliases followed inside one answer. Default: 8.</summary>
    private const int MaxAliases = 8;

    /// <summary>The TXT strings of a name, the strings of one record joined; empty when it has none.</summary>
    /// <exception cref="Libp2pException">No server answered; the message says what each did.</exception>
    internal async Task<IReadOnlyList<byte[]>> GetTextsAsync(DnsName name, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPEndPoint> servers = options.Servers ?? DnsServers.OfSystem();
        if (servers.Count == 0) throw new Libp2pException($"cannot look up {name}: this host names no name server");

        List<string> reasons = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (IPEndPoint server in servers)
            {
                try
                {
                    DnsMessage answer = await AskAsync(server, name, cancellationToken).ConfigureAwait(false);
                    if (answer.ResponseCode == DnsResponseCode.NameError) return [];
                    if (answer.ResponseCode == DnsResponseCode.NoError) return Texts(answer, name);
                    reasons.Add($"{server} says {answer.ResponseCode}");
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    reasons.Add($"{server} did not answer within {options.Timeout.TotalSeconds:0.#} s");
                }
                catch (Exception e) when (e is SocketException or IOException or WireFormatException)
                {
                    reasons.Add($"{server}: {e.Message}");
                }
            }
        }

        throw new Libp2pException($"cannot look up {name}: {string.Join("; ", reasons.Distinct())}");
    }

    private async Task<DnsMessage> AskAsync(IPEndPoint server, DnsName name, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        DnsMessage answer = await AskByDatagramAsync(server, Query(name, MaxDatagramBytes), either.Token).ConfigureAwait(false);

        // A server that does not know the extension (RFC 6891, section 7) is asked without.
        if (answer.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented)
            answer = await AskByDatagramAsync(server, Query(name, null), either.Token).ConfigureAwait(false);
        return answer.IsTruncated ? await AskByStreamAsync(server, Query(name, null), either.Token).ConfigureAwait(false) : answer;
    }

    private static DnsMessage Query(DnsName name, ushort? payload) => new()
    {
        Id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1),
        Flags = DnsFlags.RecursionDesired,
        Questions = [new DnsQuestion(name, DnsType.Txt)],
        UdpPayloadSize = payload,
    };

    private async Task<DnsMessage> AskByDatagramAsync(IPEndPoint server, DnsMessage query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false); // From now on the system drops what others send.
        await socket.SendAsync(DnsCodec.ToBytes(query), SocketFlags.None, cancellationToken).ConfigureAwait(false);

        byte[] buffer = new byte[DnsCodec.MaxMulticastBytes];
        for (int i = 0; i < options.MaxStrayAnswers; i++)
        {
            int received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (TryReadAnswer(buffer.AsSpan(0, received), query) is { } answer) return answer;
        }

        throw new WireFormatException($"{options.MaxStrayAnswers} answers that answer nothing that was asked");
    }

    /// <summary>The same over TCP, where each message has its length in two bytes before it (RFC 1035, section 4.2.2).</summary>
    private static async Task<DnsMessage> AskByStreamAsync(IPEndPoint server, DnsMessage query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        byte[] bytes = DnsCodec.ToBytes(query);
        byte[] framed = [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);

        byte[] head = new byte[2];
        await stream.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
        byte[] body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        return TryReadAnswer(body, query) ?? throw new WireFormatException("an answer that answers nothing that was asked");
    }

    /// <summary>The message when it answers the query; null when it is anything else.</summary>
    private static DnsMessage? TryReadAnswer(ReadOnlySpan<byte> bytes, DnsMessage query)
    {
        try
        {
            DnsMessage answer = DnsCodec.Read(bytes);
            bool isOurs = answer.IsResponse && answer.Id == query.Id && (answer.Flags & DnsFlags.OpcodeMask) == 0;

            // A server that could not read the question need not repeat it.
            bool isSameQuestion = answer.Questions.SequenceEqual(query.Questions)
                || (answer.Questions.Count == 0 && answer.ResponseCode is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented);
            return isOurs && isSameQuestion ? answer : null;
        }
        catch (WireFormatException)
        {
            return null;
        }
    }

    private static List<byte[]> Texts(DnsMessage answer, DnsName name)
    {
        DnsName owner = name;
        for (int i = 0; i < MaxAliases && answer.Answers.OfType<CnameRecord>().FirstOrDefault(c => c.Name.Equals(owner)) is { } alias; i++) owner = alias.Target;
        return [.. answer.Answers.OfType<TxtRecord>().Where(t => t.Name.Equals(owner)).Select(t => (byte[])[.. t.Strings.SelectMany(s => s)])];
    }
}
