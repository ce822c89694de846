using System.Text;
using Shoal.Chat.Messages;

namespace Shoal.Chat.Styles;

/// <summary>Text without envelope; a room is the topic of its name; files are announced on <c>room-file</c>.</summary>
internal sealed class UniversalConnectivityStyle : IChatStyle
{
    public string DefaultRoom => "universal-connectivity";

    public string? DiscoveryTopic => "universal-connectivity-browser-peer-discovery";

    public string TopicOf(string room) => room;

    public string? FileTopicOf(string room) => room + "-file";

    public byte[] Encode(string text, in Speaker speaker) => Encoding.UTF8.GetBytes(text);

    public byte[]? EncodeNick(string nick) => null;

    public Heard Decode(ReadOnlySpan<byte> data) =>
        new(WorkshopCodec.TryRead(data, out string? text) ? text : Encoding.UTF8.GetString(data), null);
}
