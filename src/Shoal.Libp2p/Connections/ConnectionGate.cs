using System.Net;

namespace Shoal.Libp2p.Connections;

/// <summary>
/// Decides whether there is room for one more connection. Counts; closes nothing itself.
/// </summary>
/// <remarks>
/// Not thread-safe; time is an argument. An inbound connection is counted from <see cref="TryEnterInbound"/> on, an
/// outbound one from <see cref="TryEnterOutbound"/>, both until <see cref="Leave"/>.
/// </remarks>
internal sealed class ConnectionGate(ConnectionLimits limits)
{
    /// <summary>Hosts whose rate is remembered. Beyond, unknown hosts share one bucket. 4096 of them are about 200 KiB.</summary>
    internal const int MaxHosts = 4096;

    private readonly Dictionary<HostKey, int> _inboundPerHost = [];
    private readonly Dictionary<HostKey, TokenBucket> _rates = [];
    private TokenBucket _shared = new(limits.InboundBurstPerHost, TimeSpan.Zero);
    private TimeSpan _sweptAt = TimeSpan.MinValue;

    /// <summary>Connections counted, those in their handshake included.</summary>
    internal int Count { get; private set; }

    /// <summary>Inbound connections in their handshake.</summary>
    internal int PendingInbound { get; private set; }

    /// <summary>Hosts whose rate is remembered now.</summary>
    internal int RememberedHosts => _rates.Count;

    /// <summary>Lets an inbound connection into its handshake, or says which limit refuses it.</summary>
    /// <param name="remote">Where it comes from; null where the transport has no such thing.</param>
    /// <param name="now">Monotonic time.</param>
    /// <returns>Null when it may enter, else the refusal: the limit with its value.</returns>
    internal string? TryEnterInbound(IPAddress? remote, TimeSpan now)
    {
        if (Count >= limits.MaxConnections) return Refusal(nameof(ConnectionLimits.MaxConnections), limits.MaxConnections);
        if (PendingInbound >= limits.MaxPendingInbound) return Refusal(nameof(ConnectionLimits.MaxPendingInbound), limits.MaxPendingInbound);
        if (IsCountedByHost(remote))
        {
            HostKey host = HostKey.Of(remote!);
            if (_inboundPerHost.GetValueOrDefault(host) >= limits.MaxInboundPerHost)
                return Refusal(nameof(ConnectionLimits.MaxInboundPerHost), limits.MaxInboundPerHost);
            if (!TryTakeToken(host, now))
                return Refusal(nameof(ConnectionLimits.InboundRatePerHost), limits.InboundRatePerHost);
            _inboundPerHost[host] = _inboundPerHost.GetValueOrDefault(host) + 1;
        }

        Count++;
        PendingInbound++;
        return null;
    }

    /// <summary>Notes that an inbound connection's handshake is over, well or not.</summary>
    internal void OnHandshakeOver() => PendingInbound--;

    /// <summary>Lets a connection that we dialled in, or says which limit refuses it.</summary>
    internal string? TryEnterOutbound()
    {
        if (Count >= limits.MaxConnections) return Refusal(nameof(ConnectionLimits.MaxConnections), limits.MaxConnections);
        Count++;
        return null;
    }

    /// <summary>Notes that a connection is gone.</summary>
    /// <param name="inboundFrom">The address given to <see cref="TryEnterInbound"/>; null for one that we dialled.</param>
    internal void Leave(IPAddress? inboundFrom)
    {
        Count--;
        if (!IsCountedByHost(inboundFrom)) return;
        HostKey host = HostKey.Of(inboundFrom!);
        int left = _inboundPerHost.GetValueOrDefault(host) - 1;
        if (left > 0) _inboundPerHost[host] = left;
        else _inboundPerHost.Remove(host);
    }

    /// <summary>The sentence for a refusal by a limit.</summary>
    internal static string Refusal(string limit, double value) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the limit {nameof(ConnectionLimits)}.{limit} of {value} is reached");

    private bool IsCountedByHost(IPAddress? remote) => remote is not null && (limits.LimitLoopback || !IPAddress.IsLoopback(remote));

    private bool TryTakeToken(HostKey host, TimeSpan now)
    {
        if (!_rates.TryGetValue(host, out TokenBucket bucket))
        {
            if (_rates.Count >= MaxHosts) ForgetFullBuckets(now);
            if (_rates.Count >= MaxHosts) return _shared.TryTake(limits.InboundRatePerHost, limits.InboundBurstPerHost, now);
            bucket = new TokenBucket(limits.InboundBurstPerHost, now);
        }

        bool taken = bucket.TryTake(limits.InboundRatePerHost, limits.InboundBurstPerHost, now);
        _rates[host] = bucket;
        return taken;
    }

    private void ForgetFullBuckets(TimeSpan now)
    {
        // Once a second at most, or a flood from many hosts would make every connection cost a walk over the table.
        if (_sweptAt != TimeSpan.MinValue && now - _sweptAt < TimeSpan.FromSeconds(1)) return;
        _sweptAt = now;
        foreach ((HostKey host, TokenBucket bucket) in _rates.ToList())
        {
            TokenBucket copy = bucket;
            if (copy.IsFull(limits.InboundRatePerHost, limits.InboundBurstPerHost, now)) _rates.Remove(host);
        }
    }
}
