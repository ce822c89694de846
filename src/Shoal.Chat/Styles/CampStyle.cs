using System.Globalization;
using System.Text;
using Shoal.Chat.Messages;

namespace Shoal.Chat.Styles;

/// <summary>The Request protobuf of IPFS Camp 2019; a room is the topic of its name.</summary>
internal sealed class CampStyle : IChatStyle
{
    public string DefaultRoom => "/libp2p/example/chat/1.0.0";

    public string? DiscoveryTopic => null;

    public string TopicOf(string room) => room;

    public string? FileTopicOf(string room) => null;

    public byte[] Encode(string text, in Speaker speaker)
    {
        // Opaque to everybody; ours is unique by peer, message and time.
        string id = string.Create(CultureInfo.InvariantCulture, $"{speaker.Self.ShortText}-{speaker.Number}-{speaker.Now.ToUnixTimeMilliseconds()}");
        return CampCodec.WriteMessage(Encoding.UTF8.GetBytes(text), speaker.Now, Encoding.UTF8.GetBytes(id));
    }

    public byte[]? EncodeNick(string nick) => CampCodec.WriteHandle(Encoding.UTF8.GetBytes(nick));

    public Heard Decode(ReadOnlySpan<byte> data)
    {
        CampMessage message = CampCodec.Read(data);
        return new Heard(ToText(message.Data), ToText(message.Handle));
    }

    private static string? ToText(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? Encoding.UTF8.GetString(b.Span) : null;
}
