using Microsoft.Extensions.Logging;
using Shoal.Chat.Messages;
using Shoal.Chat.Text;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Chat.Direct;

/// <summary>
/// What our own chats tell each other beside the room, because no common format has it: nicks, and files for one peer.
/// </summary>
internal sealed class SideChannel : IAsyncDisposable
{
    internal const string Protocol = "/shoal/chat/1.0.0";

    /// <summary>Introductions under way at a time; more are left out. Default: 32.</summary>
    private const int MaxIntroductions = 32;

    private readonly Libp2pNode _node;
    private readonly ChatOptions _options;
    private readonly ILogger _log;
    private readonly Func<string?> _ownNick;
    private readonly Action<PeerId, string> _onNick;
    private readonly Func<PeerId, FileOffer, string?> _onOffer;
    private readonly BackgroundTasks _introductions = new(MaxIntroductions);
    private readonly Lock _gate = new();
    private readonly HashSet<PeerId> _speakers = [];

    /// <param name="node">Carries the streams.</param>
    /// <param name="options">Limits.</param>
    /// <param name="log">Told each step.</param>
    /// <param name="ownNick">Gives our nick; null while we have none.</param>
    /// <param name="onNick">Told what a peer calls itself, as it came.</param>
    /// <param name="onOffer">Takes an offer, or says why not.</param>
    internal SideChannel(
        Libp2pNode node, ChatOptions options, ILogger log,
        Func<string?> ownNick, Action<PeerId, string> onNick, Func<PeerId, FileOffer, string?> onOffer)
    {
        _node = node;
        _options = options;
        _log = log;
        _ownNick = ownNick;
        _onNick = onNick;
        _onOffer = onOffer;
        node.PeerIdentified += OnIdentified;
        node.PeerDisconnected += OnDisconnected;
        node.Handle(Protocol, ServeAsync);
        foreach (PeerId peer in node.ConnectedPeers)
        {
            if (node.Peers.Find(peer) is { } info) OnProtocols(peer, info.Protocols);
        }
    }

    /// <summary>Offers a file; false when the peer does not speak our protocol.</summary>
    /// <exception cref="ChatException">The peer refused, or gave no answer.</exception>
    internal async Task<bool> TryOfferAsync(PeerId peer, string id, string name, long size, CancellationToken cancellationToken)
    {
        try
        {
            string? refusal = await AskAsync(peer, SideCodec.WriteOffer(id, name, size), cancellationToken).ConfigureAwait(false);
            return refusal is null ? true : throw new ChatException($"the peer does not take it: {SafeText.OneLine(refusal)}");
        }
        catch (ProtocolNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Tells our nick to all connected peers that speak our protocol.</summary>
    internal void IntroduceToAll()
    {
        PeerId[] peers;
        lock (_gate) peers = [.. _speakers];
        foreach (PeerId peer in peers) Introduce(peer);
    }

    public async ValueTask DisposeAsync()
    {
        _node.PeerIdentified -= OnIdentified;
        _node.PeerDisconnected -= OnDisconnected;
        _node.Unhandle(Protocol);
        await _introductions.DisposeAsync().ConfigureAwait(false);
    }

    private void OnIdentified(PeerId peer, IdentifyInfo info) => OnProtocols(peer, info.Protocols);

    private void OnProtocols(PeerId peer, IReadOnlyList<string> protocols)
    {
        if (!protocols.Contains(Protocol)) return;
        bool isNew;
        lock (_gate) isNew = _speakers.Add(peer);
        if (isNew) Introduce(peer);
    }

    private void OnDisconnected(PeerId peer)
    {
        lock (_gate) _speakers.Remove(peer);
    }

    private void Introduce(PeerId peer)
    {
        if (_ownNick() is { } nick) _introductions.TryStart(ct => IntroduceAsync(peer, nick, ct));
    }

    private async Task IntroduceAsync(PeerId peer, string nick, CancellationToken cancellationToken)
    {
        try
        {
            string? refusal = await AskAsync(peer, SideCodec.WriteIntroduction(nick), cancellationToken).ConfigureAwait(false);
            if (refusal is null) Log.Introduced(_log, peer);
            else Log.NotTold(_log, peer, refusal);
        }
        catch (ShoalException e)
        {
            Log.NotTold(_log, peer, e.Message);
        }
    }

    private async Task<string?> AskAsync(PeerId peer, byte[] request, CancellationToken cancellationToken)
    {
        byte[] answer = await Exchange.AskAsync(
            _node, peer, Protocol, LengthPrefix.Frame(request), SideCodec.MaxBytes, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        try
        {
            return SideCodec.ReadResponse(answer);
        }
        catch (WireFormatException e)
        {
            throw new ChatException($"the answer could not be read: {e.Message}", e);
        }
    }

    private async Task ServeAsync(Libp2pStream stream, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(_options.RequestTimeout, _node.Time, cancellationToken);
        byte[] bytes = await LengthPrefix.ReadAsync(stream, SideCodec.MaxBytes, limit.Token).ConfigureAwait(false);
        SideRequest request = SideCodec.ReadRequest(bytes);
        string? refusal = Take(stream.RemotePeer, request);
        await stream.WriteAsync(LengthPrefix.Frame(SideCodec.WriteResponse(refusal)), limit.Token).ConfigureAwait(false);
        await stream.CompleteWritesAsync(limit.Token).ConfigureAwait(false);
    }

    private string? Take(PeerId from, SideRequest request)
    {
        switch (request.BodyCase)
        {
            case SideRequest.BodyOneofCase.Introduction:
                _onNick(from, request.Introduction.Nick);
                return null;
            case SideRequest.BodyOneofCase.FileOffer:
                return _onOffer(from, request.FileOffer);
            default:
                return "not understood";
        }
    }
}
