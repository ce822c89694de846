using FsCheck;
using FsCheck.Fluent;
using Shoal.Chat.Messages;
using Shoal.Net;

namespace Shoal.Tests.Chat.Messages;

public sealed class DirectMessageCodecTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    // By hand: 0A = metadata, 0E bytes: { 0A 05 "0.0.1", 10 <varint of the milliseconds> }; 12 = content; 1A = type.
    [Fact]
    public void A_request_has_the_bytes_of_its_definition() =>
        Assert.Equal(
            "0A0E0A05302E302E31" + "1080D095FFBC31" + "12026869" + "1A0A746578742F706C61696E",
            Convert.ToHexString(DirectMessageCodec.WriteRequest("hi", Now)));

    // By hand: 10 C8 01 = status 200.
    [Fact]
    public void A_good_response_has_status_200_and_no_text() =>
        Assert.Equal("0A0E0A05302E302E31" + "1080D095FFBC31" + "10C801", Convert.ToHexString(DirectMessageCodec.WriteResponse(Now)));

    [Fact]
    public void A_response_says_why_not()
    {
        Assert.Null(DirectMessageCodec.ReadResponse(DirectMessageCodec.WriteResponse(Now)));
        Assert.Equal("busy", DirectMessageCodec.ReadResponse(DirectMessageCodec.WriteResponse(Now, "busy")));
        Assert.Equal("status 0", DirectMessageCodec.ReadResponse(Convert.FromHexString("0A00")));
        Assert.Equal("the answer has no metadata", DirectMessageCodec.ReadResponse(Convert.FromHexString("10C801")));
    }

    [Fact]
    public void A_request_without_metadata_is_refused() =>
        Assert.Throws<WireFormatException>(() => DirectMessageCodec.ReadRequest(Convert.FromHexString("12026869")));

    [Fact]
    public void Read_gives_back_what_was_written() => Prop.ForAll<NonNull<string>>(text =>
    {
        string valid = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Get));
        return DirectMessageCodec.ReadRequest(DirectMessageCodec.WriteRequest(valid, Now)) == valid;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception()
    {
        Garbage.GivesOnlyWireFormat(b => DirectMessageCodec.ReadRequest(b), DirectMessageCodec.WriteRequest("hello", Now));
        Garbage.GivesOnlyWireFormat(b => DirectMessageCodec.ReadResponse(b), DirectMessageCodec.WriteResponse(Now, "no"));
    }
}
