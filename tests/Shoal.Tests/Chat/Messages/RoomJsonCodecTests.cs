using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Chat.Messages;
using Shoal.Net;

namespace Shoal.Tests.Chat.Messages;

public sealed class RoomJsonCodecTests
{
    [Fact]
    public void The_names_are_exactly_those_of_go() =>
        Assert.Equal(
            """{"Message":"hi","SenderID":"12D3Koo","SenderNick":"anna"}""",
            Encoding.UTF8.GetString(RoomJsonCodec.Write(new RoomJsonMessage("hi", "12D3Koo", "anna"))));

    [Fact]
    public void Unknown_members_are_passed_over_and_missing_ones_are_empty() =>
        Assert.Equal(new RoomJsonMessage("hi", "", ""), RoomJsonCodec.Read("""{"x":[1,{"Message":2}],"Message":"hi","SenderNick":null}"""u8));

    [Fact]
    public void Escapes_of_go_are_read() =>
        Assert.Equal("<b>ü</b>", RoomJsonCodec.Read("""{"Message":"\u003cb\u003e\u00fc\u003c/b\u003e"}"""u8).Message);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("""{"Message":1}""")]
    [InlineData("""{"Message":"a"} x""")]
    [InlineData("""{"Message":"\ud800"}""")]
    [InlineData("""{"a":[[[[[[[[[[1]]]]]]]]]]}""")]
    public void Anything_else_is_refused(string json) =>
        Assert.Throws<WireFormatException>(() => RoomJsonCodec.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_gives_back_what_was_written() => Prop.ForAll<NonNull<string>, NonNull<string>>((text, nick) =>
    {
        var message = new RoomJsonMessage(Valid(text.Get), "id", Valid(nick.Get));
        return RoomJsonCodec.Read(RoomJsonCodec.Write(message)) == message;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception() =>
        Garbage.GivesOnlyWireFormat(b => RoomJsonCodec.Read(b), RoomJsonCodec.Write(new RoomJsonMessage("a\"ü\n", "b", "c")));

    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
