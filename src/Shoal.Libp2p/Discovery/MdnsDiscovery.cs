using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shoal.Libp2p.Discovery.Mdns;
using Shoal.Net;

namespace Shoal.Libp2p.Discovery;

/// <summary>Finds peers on the local network by multicast DNS (libp2p specification, discovery/mdns) and reports them by <see cref="Libp2pNode.OnDiscovered"/>.</summary>
/// <remarks>
/// Works on IPv4 and IPv6, on every interface, beside other responders on the same port. Where neither can be used now
/// (the port is held by a program that does not share it), it says so as a warning and tries again every few seconds.
/// </remarks>
public sealed class MdnsDiscovery : IAsyncDisposable
{
    /// <summary>The IPv4 group (RFC 6762, section 3).</summary>
    internal static readonly IPAddress GroupV4 = IPAddress.Parse("224.0.0.251");

    /// <summary>The IPv6 group (RFC 6762, section 3).</summary>
    internal static readonly IPAddress GroupV6 = IPAddress.Parse("ff02::fb");

    /// <summary>The port of multicast DNS (RFC 6762, section 3).</summary>
    internal const int Port = 5353;

    /// <summary>Packets that wait to be looked at; more are dropped. Default: 256.</summary>
    private const int InboxPackets = 256;

    private readonly MdnsHost _host;
    private readonly MdnsOptions _options;
    private readonly MdnsCore _core;
    private readonly MdnsMembership[] _memberships;
    private readonly Channel<MdnsPacket?> _inbox;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt;
    private readonly Task _run;
    private Action? _unsubscribe;
    private bool _areAddressesStale = true;
    private int _disposed;

    internal MdnsDiscovery(MdnsHost host, MdnsOptions options)
    {
        _host = host;
        _options = options;
        _startedAt = host.Time.GetTimestamp();
        _core = new MdnsCore(TimeSpan.Zero, host.Id, options, host.Random);
        _inbox = Channel.CreateBounded<MdnsPacket?>(new BoundedChannelOptions(InboxPackets)
        {
            SingleReader = true,
            AllowSynchronousContinuations = true,
            FullMode = BoundedChannelFullMode.Wait, // TryWrite then says false, and what came is dropped.
        });
        _memberships = [.. new[] { GroupV4, GroupV6 }.Select(group => new MdnsMembership(group, Port, host, _inbox.Writer))];
        _run = RunAsync(_stop.Token);
    }

    private TimeSpan Now => _host.Time.GetElapsedTime(_startedAt);

    /// <summary>Starts to ask and to answer.</summary>
    /// <exception cref="ArgumentException">The service name is not a domain name.</exception>
    public static MdnsDiscovery Start(Libp2pNode node, MdnsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        var discovery = new MdnsDiscovery(
            new MdnsHost
            {
                Id = node.Id,
                Addresses = () => node.Addresses,
                OnDiscovered = node.OnDiscovered,
                Time = node.Time,
                Random = new Random(),
                Log = node.Options.LoggerFactory.CreateLogger("Shoal.Libp2p.Mdns"),
            },
            options ?? new MdnsOptions());
        node.AddressesChanged += discovery.OnAddressesChanged;
        discovery._unsubscribe = () => node.AddressesChanged -= discovery.OnAddressesChanged;
        return discovery;
    }

    /// <summary>Says goodbye (records with lifetime 0) and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _unsubscribe?.Invoke();
        _stop.Cancel();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_core.Goodbye() is { } goodbye) await SendAsync(goodbye, CancellationToken.None).ConfigureAwait(false);
        foreach (MdnsMembership membership in _memberships) await membership.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Has the loop look at the node's addresses again.</summary>
    internal void OnAddressesChanged()
    {
        Volatile.Write(ref _areAddressesStale, true);
        _inbox.Writer.TryWrite(null);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using ITimer alarm = _host.Time.CreateTimer(_ => _inbox.Writer.TryWrite(null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            TimeSpan lookAt = TimeSpan.Zero;
            while (true)
            {
                if (Now >= lookAt)
                {
                    LookAtInterfaces();
                    _areAddressesStale = true;
                    lookAt = Now + _options.InterfaceCheckInterval;
                }

                if (Interlocked.Exchange(ref _areAddressesStale, false)) _core.OnAddresses(Now, _host.Addresses());
                while (_core.TryNextPacket(Now, out byte[]? packet)) await SendAsync(packet, cancellationToken).ConfigureAwait(false);

                TimeSpan wait = (_core.NextDeadline < lookAt ? _core.NextDeadline : lookAt) - Now;
                alarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                await _inbox.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < InboxPackets && _inbox.Reader.TryRead(out MdnsPacket? received); i++)
                    if (received is { } known) OnPacket(known);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (Exception e)
        {
            DiscoveryLog.Stopped(_host.Log, e);
            throw;
        }
    }

    private void LookAtInterfaces()
    {
        bool isNew = false;
        foreach (MdnsMembership membership in _memberships) isNew |= membership.Update();
        if (isNew) _core.OnNewInterface(Now);
    }

    private void OnPacket(MdnsPacket packet)
    {
        int bytes = packet.Bytes.Length;
        DiscoveryLog.Received(_host.Log, bytes, packet.Source);
        try
        {
            foreach (MdnsFinding finding in _core.OnPacket(Now, packet.Bytes, packet.IsFromThisHost))
            {
                if (_host.Log.IsEnabled(LogLevel.Debug))
                {
                    string addresses = string.Join(", ", finding.Addresses);
                    DiscoveryLog.Found(_host.Log, finding.Peer, addresses);
                }

                _host.OnDiscovered(finding.Peer, finding.Addresses);
            }
        }
        catch (WireFormatException e)
        {
            DiscoveryLog.Ignored(_host.Log, packet.Source, e.Message);
        }
    }

    private async Task SendAsync(byte[] packet, CancellationToken cancellationToken)
    {
        foreach (MdnsMembership membership in _memberships) await membership.SendAsync(packet, cancellationToken).ConfigureAwait(false);
    }
}
