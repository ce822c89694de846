using System.Net;
using System.Threading.Channels;
using Shoal.Net;
using Shoal.Net.Multicast;

namespace Shoal.Tests.Libp2p.Discovery;

/// <summary>A local network that carries multicast on a virtual clock: what one member sends, all hear a millisecond later, the sender too.</summary>
internal sealed class SimulatedLan(TimeProvider time)
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly List<Member> _members = [];

    /// <summary>Packets sent so far.</summary>
    internal List<byte[]> Sent { get; } = [];

    /// <summary>Joins a group.</summary>
    internal IMulticastGroup Join(IPAddress group, int port)
    {
        var member = new Member(this, group, new IPEndPoint(IPAddress.Loopback, port));
        _members.Add(member);
        return member;
    }

    /// <summary>Has one look at the interfaces of every member say that one is new.</summary>
    internal void AddInterface()
    {
        foreach (Member member in _members) member.HasNewInterface = true;
    }

    /// <summary>Sends to all members of a group.</summary>
    internal void Send(IPAddress group, byte[] packet)
    {
        Sent.Add(packet);
        _ = DeliverAsync(group, packet);
    }

    private async Task DeliverAsync(IPAddress group, byte[] packet)
    {
        await time.DelayAsync(Latency, default);
        foreach (Member member in _members.Where(m => m.Group.Equals(group)).ToList()) member.Inbox.Writer.TryWrite(packet);
    }

    private sealed class Member(SimulatedLan lan, IPAddress group, IPEndPoint source) : IMulticastGroup
    {
        internal IPAddress Group { get; } = group;

        internal Channel<byte[]> Inbox { get; } = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });

        internal bool HasNewInterface { get; set; }

        public bool UpdateInterfaces()
        {
            bool isNew = HasNewInterface;
            HasNewInterface = false;
            return isNew;
        }

        public async ValueTask<MulticastDatagram> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            byte[] packet = await Inbox.Reader.ReadAsync(cancellationToken);
            packet.CopyTo(buffer);
            return new MulticastDatagram(packet.Length, source, IsFromThisHost: true);
        }

        public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            lan.Send(Group, bytes.ToArray());
            return ValueTask.FromResult(1);
        }

        public ValueTask DisposeAsync()
        {
            lan._members.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
