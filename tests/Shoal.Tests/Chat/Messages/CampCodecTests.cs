using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Chat.Messages;
using Shoal.Net;

namespace Shoal.Tests.Chat.Messages;

public sealed class CampCodecTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    // By hand: 08 00 = type, written although 0; 12 = sendMessage { 0A data, 10 created, 1A id }.
    [Fact]
    public void A_message_has_the_bytes_of_its_definition() =>
        Assert.Equal(
            "0800" + "120E" + "0A026869" + "1080D095FFBC31" + "1A0178",
            Convert.ToHexString(CampCodec.WriteMessage("hi"u8, Now, "x"u8)));

    [Fact]
    public void Required_fields_are_written_even_when_empty() =>
        Assert.Equal("0800" + "1206" + "0A00" + "1000" + "1A00", Convert.ToHexString(CampCodec.WriteMessage([], DateTimeOffset.UnixEpoch, [])));

    [Fact]
    public void A_handle_has_the_bytes_of_its_definition() =>
        Assert.Equal("0801" + "1A06" + "0A04616E6E61", Convert.ToHexString(CampCodec.WriteHandle("anna"u8)));

    [Fact]
    public void A_handle_is_read()
    {
        CampMessage message = CampCodec.Read(CampCodec.WriteHandle("anna"u8));
        Assert.Null(message.Data);
        Assert.Equal("anna", Encoding.UTF8.GetString(message.Handle!.Value.Span));
    }

    [Fact]
    public void Statistics_say_nothing() => Assert.Equal(default, CampCodec.Read(Convert.FromHexString("080222021001")));

    [Theory]
    [InlineData("")] // No type.
    [InlineData("080012FFFFFFFF07FFFFFFFFFF")] // A length of 2^31 - 1, and a varint that ends the buffer.
    [InlineData("0800")] // A message without its body.
    [InlineData("080012060A0010001A")] // Cut.
    [InlineData("080012040A001000")] // Without id.
    public void What_lacks_a_required_field_is_refused(string hex) =>
        Assert.Throws<WireFormatException>(() => CampCodec.Read(Convert.FromHexString(hex)));

    [Fact]
    public void Seconds_of_go_and_milliseconds_of_js_are_told_apart()
    {
        Assert.Equal(Now, CampCodec.ReadTime(1_700_000_000));
        Assert.Equal(Now, CampCodec.ReadTime(1_700_000_000_000));
        Assert.Equal(DateTimeOffset.UnixEpoch, CampCodec.ReadTime(-1));
        Assert.Equal(DateTimeOffset.UnixEpoch, CampCodec.ReadTime(long.MaxValue));
    }

    [Fact]
    public void Any_time_is_read_without_harm() =>
        Prop.ForAll<long>(t => CampCodec.ReadTime(t) >= DateTimeOffset.UnixEpoch).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_gives_back_what_was_written() => Prop.ForAll<byte[], byte[]>((data, id) =>
    {
        CampMessage message = CampCodec.Read(CampCodec.WriteMessage(data, Now, id));
        return message.Data!.Value.Span.SequenceEqual(data) && message.Created == Now;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception() =>
        Garbage.GivesOnlyWireFormat(b => CampCodec.Read(b), CampCodec.WriteMessage("hello"u8, Now, "id"u8));
}
