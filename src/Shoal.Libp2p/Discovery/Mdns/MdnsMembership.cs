using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Net;
using Shoal.Net.Multicast;

namespace Shoal.Libp2p.Discovery.Mdns;

/// <summary>A packet and its sender.</summary>
internal readonly record struct MdnsPacket(byte[] Bytes, IPEndPoint Source, bool IsFromThisHost);

/// <summary>Our place in one of the two groups: opened when it can be, tried again when not, with the loop that receives.</summary>
internal sealed class MdnsMembership(IPAddress address, int port, MdnsHost host, ChannelWriter<MdnsPacket?> inbox) : IAsyncDisposable
{
    /// <summary>Pause after a failed receive, so that a broken socket does not turn into a busy loop.</summary>
    private static readonly TimeSpan ReceiveRetry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private IMulticastGroup? _group;
    private Task _receiving = Task.CompletedTask;
    private bool _isFailureTold;

    /// <summary>Joins where it can. True when somebody new may hear us now.</summary>
    internal bool Update()
    {
        if (_group is not null) return _group.UpdateInterfaces();
        try
        {
            _group = host.Join(address, port);
            _isFailureTold = false;
        }
        catch (NetworkException e)
        {
            if (!_isFailureTold) DiscoveryLog.CannotJoin(host.Log, address, e.Message);
            _isFailureTold = true;
            return false;
        }

        _receiving = ReceiveAsync(_group, _stop.Token);
        return true;
    }

    /// <summary>Sends out of every interface.</summary>
    internal async Task SendAsync(byte[] packet, CancellationToken cancellationToken)
    {
        if (_group is null) return;
        int interfaces = await _group.SendAsync(packet, cancellationToken).ConfigureAwait(false);
        if (!host.Log.IsEnabled(LogLevel.Trace)) return;
        string what = Describe(packet);
        DiscoveryLog.Sent(host.Log, packet.Length, interfaces, what);
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        if (_group is not null) await _group.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReceiveAsync(IMulticastGroup group, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[DnsCodec.MaxMulticastBytes];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                MulticastDatagram datagram = await group.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                inbox.TryWrite(new MdnsPacket(buffer[..datagram.Length], datagram.Source, datagram.IsFromThisHost)); // Full: dropped, as a socket would.
            }
            catch (NetworkException e) when (!cancellationToken.IsCancellationRequested)
            {
                DiscoveryLog.ReceiveFailed(host.Log, e.Message);
                await host.Time.DelayAsync(ReceiveRetry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string Describe(byte[] packet)
    {
        DnsMessage message = DnsCodec.Read(packet);
        if (!message.IsResponse) return $"who offers {message.Questions[0].Name}?";
        var pointer = (PtrRecord)message.Answers[0];
        int addresses = message.Additionals.OfType<TxtRecord>().Sum(t => t.Strings.Count);
        return pointer.TimeToLive == 0 ? $"goodbye from {pointer.Target}" : $"{pointer.Target} offers {pointer.Name} at {addresses} addresses";
    }
}
