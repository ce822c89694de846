using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Muxing;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Muxing;

public class YamuxFrameTests
{
    [Fact]
    public void A_header_is_laid_out_as_the_specification_draws_it()
    {
        byte[] header = new byte[YamuxFrame.HeaderSize];
        new YamuxFrame(YamuxType.WindowUpdate, YamuxFlags.Syn | YamuxFlags.Fin, 0x01020304, 0x05060708).Write(header);
        Assert.Equal("000100050102030405060708", Convert.ToHexStringLower(header));
    }

    [Fact]
    public void Read_gives_back_what_was_written() =>
        Prop.ForAll<byte, uint, uint>((bits, id, length) =>
        {
            var kind = (YamuxType)(bits % 4);
            uint stream = kind is YamuxType.Ping or YamuxType.GoAway ? 0 : Math.Max(1, id);
            var frame = new YamuxFrame(kind, (YamuxFlags)(bits >> 4), stream, length);
            byte[] header = new byte[YamuxFrame.HeaderSize];
            frame.Write(header);
            return YamuxFrame.Read(header) == frame;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("010000010000000100000000")] // another version
    [InlineData("000400010000000100000000")] // an unknown type
    [InlineData("000000100000000100000000")] // unknown flags
    [InlineData("000000010000000000000000")] // data for the session
    [InlineData("000200010000000100000000")] // a ping for a stream
    public void Read_refuses_what_the_specification_does_not_know(string hex) =>
        Assert.Throws<WireFormatException>(() => YamuxFrame.Read(Convert.FromHexString(hex)));
}
