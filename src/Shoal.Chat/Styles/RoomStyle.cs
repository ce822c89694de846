using Shoal.Chat.Messages;

namespace Shoal.Chat.Styles;

/// <summary>JSON of the go chat-room; the topic of a room is <c>chat-room:</c> and its name.</summary>
/// <remarks>The author is who signed the message; <c>SenderID</c> is only a claim and is not looked at.</remarks>
internal sealed class RoomStyle : IChatStyle
{
    public string DefaultRoom => "awesome-chat-room";

    public string? DiscoveryTopic => null;

    public string TopicOf(string room) => "chat-room:" + room;

    public string? FileTopicOf(string room) => null;

    public byte[] Encode(string text, in Speaker speaker) =>
        RoomJsonCodec.Write(new RoomJsonMessage(text, speaker.Self.ToString(), speaker.Nick ?? speaker.Self.ShortText));

    public byte[]? EncodeNick(string nick) => null;

    public Heard Decode(ReadOnlySpan<byte> data)
    {
        RoomJsonMessage message = RoomJsonCodec.Read(data);
        return new Heard(message.Message, message.SenderNick);
    }
}
