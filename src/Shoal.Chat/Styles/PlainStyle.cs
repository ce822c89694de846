using System.Text;

namespace Shoal.Chat.Styles;

/// <summary>Raw UTF-8; a room is the topic of its name.</summary>
internal sealed class PlainStyle : IChatStyle
{
    public string DefaultRoom => "test-net";

    public string? DiscoveryTopic => null;

    public string TopicOf(string room) => room;

    public string? FileTopicOf(string room) => null;

    public byte[] Encode(string text, in Speaker speaker) => Encoding.UTF8.GetBytes(text);

    public byte[]? EncodeNick(string nick) => null;

    public Heard Decode(ReadOnlySpan<byte> data) => new(Encoding.UTF8.GetString(data), null);
}
