using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Shoal.Libp2p.Discovery.Dns;

namespace Shoal.Tests.Libp2p.Discovery;

/// <summary>A name server on loopback, UDP and TCP on one port, whose every answer the test gives.</summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private int _datagrams;
    private int _streams;

    /// <summary>Starts. <paramref name="byDatagram"/> gives the datagrams to send back, none for silence; <paramref name="byStream"/> the message over TCP.</summary>
    internal FakeNameServer(Func<DnsMessage, IEnumerable<byte[]>> byDatagram, Func<DnsMessage, byte[]>? byStream = null)
    {
        (_udp, _tcp) = BindBoth();
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _run = Task.WhenAll(ServeDatagramsAsync(byDatagram), byStream is null ? Task.CompletedTask : ServeStreamsAsync(byStream));
    }

    /// <summary>Where it listens.</summary>
    internal IPEndPoint EndPoint { get; }

    /// <summary>Questions that came by datagram.</summary>
    internal int Datagrams => Volatile.Read(ref _datagrams);

    /// <summary>Questions that came by stream.</summary>
    internal int Streams => Volatile.Read(ref _streams);

    /// <summary>A server that knows these TXT records and nothing else.</summary>
    internal static FakeNameServer WithTexts(Dictionary<string, string[]> texts) => new(q => [Answer(q, texts)]);

    /// <summary>The answer of a server that knows these TXT records and nothing else.</summary>
    internal static byte[] Answer(DnsMessage query, Dictionary<string, string[]> texts)
    {
        DnsName name = query.Questions[0].Name;
        bool isKnown = texts.TryGetValue(name.ToString(), out string[]? known);
        return DnsCodec.ToBytes(query with
        {
            Flags = DnsFlags.Response | DnsFlags.RecursionDesired | (isKnown ? DnsFlags.None : (DnsFlags)DnsResponseCode.NameError),
            Answers = [.. (known ?? []).Select(t => new TxtRecord(name, 60, Split(t)))],
        });
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Both kinds of socket on one port: one that is free for UDP may be taken for TCP, then another is tried.</summary>
    private static (Socket Udp, Socket Tcp) BindBoth()
    {
        for (int attempt = 1; ; attempt++)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                tcp.Bind(udp.LocalEndPoint!);
                tcp.Listen();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 50)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private static byte[][] Split(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text).Chunk(DnsCodec.MaxStringBytes)];

    private async Task ServeDatagramsAsync(Func<DnsMessage, IEnumerable<byte[]>> answer)
    {
        byte[] buffer = new byte[9000];
        while (!_stop.IsCancellationRequested)
        {
            SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
            Interlocked.Increment(ref _datagrams);
            foreach (byte[] bytes in answer(DnsCodec.Read(buffer.AsSpan(0, received.ReceivedBytes))))
                await _udp.SendToAsync(bytes, received.RemoteEndPoint, _stop.Token);
        }
    }

    private async Task ServeStreamsAsync(Func<DnsMessage, byte[]> answer)
    {
        while (!_stop.IsCancellationRequested)
        {
            using Socket accepted = await _tcp.AcceptAsync(_stop.Token);
            using var stream = new NetworkStream(accepted);
            byte[] head = new byte[2];
            await stream.ReadExactlyAsync(head, _stop.Token);
            byte[] body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
            await stream.ReadExactlyAsync(body, _stop.Token);
            Interlocked.Increment(ref _streams);
            byte[] bytes = answer(DnsCodec.Read(body));
            await stream.WriteAsync((byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes], _stop.Token);
        }
    }
}
