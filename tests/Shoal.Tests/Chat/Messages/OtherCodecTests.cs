using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Chat.Messages;
using Shoal.Libp2p;
using Shoal.Net;

namespace Shoal.Tests.Chat.Messages;

public sealed class OtherCodecTests
{
    private static readonly PrivateKey Key = PrivateKey.FromEd25519Seed(new byte[32]);

    // By hand: 0A 03 "bob", 12 02 "hi", 18 05 = timestamp, 20 00 = chat.
    [Theory]
    [InlineData("0A03626F621202686918052000", "hi")]
    [InlineData("12026869", "hi")]
    public void The_envelope_of_the_workshop_is_opened(string hex, string text)
    {
        Assert.True(WorkshopCodec.TryRead(Convert.FromHexString(hex), out string? read));
        Assert.Equal(text, read);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("two\nlines\tand more")]
    [InlineData("")]
    [InlineData("\u0012")] // A control character alone is no envelope.
    public void Plain_text_is_left_alone(string text) => Assert.False(WorkshopCodec.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("120268692001")] // A file.
    [InlineData("120268692002")] // Peer discovery.
    [InlineData("1202686930FF01")] // An unknown field: bytes that only look so.
    [InlineData("0A03626F62")] // No message.
    public void Other_envelopes_are_not_text(string hex) => Assert.False(WorkshopCodec.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Any_bytes_can_be_asked_for_an_envelope() =>
        Prop.ForAll<byte[]>(b => WorkshopCodec.TryRead(b, out string? text) == (text is not null)).QuickCheckThrowOnFailure();

    [Fact]
    public void An_announcement_of_a_peer_is_read_as_it_was_written()
    {
        Multiaddr address = Multiaddr.Parse("/ip4/192.0.2.7/tcp/4001");
        byte[] bytes = PeerAnnouncementCodec.Write(Key.PublicKey, [address]);
        // By hand: 0A 24 = the key's 36 bytes, 12 08 = ip4 (04) and tcp (06).
        Assert.Equal("0A24" + Convert.ToHexString(Key.PublicKey.Protobuf.Span) + "120804C000020706" + "0FA1", Convert.ToHexString(bytes));
        (PeerId peer, IReadOnlyList<Multiaddr> addresses) = PeerAnnouncementCodec.Read(bytes);
        Assert.Equal(Key.PeerId, peer);
        Assert.Equal([address], addresses);
    }

    [Fact]
    public void An_announcement_reads_no_more_addresses_than_its_limit()
    {
        byte[] one = PeerAnnouncementCodec.Write(Key.PublicKey, [Multiaddr.Parse("/ip4/192.0.2.7/tcp/4001")]);
        byte[] many = [.. one, .. Enumerable.Repeat(one[38..], 100).SelectMany(b => b)];
        Assert.Equal(PeerAnnouncementCodec.MaxAddresses, PeerAnnouncementCodec.Read(many).Addresses.Count);
    }

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception()
    {
        Garbage.GivesOnlyWireFormat(b => PeerAnnouncementCodec.Read(b), PeerAnnouncementCodec.Write(Key.PublicKey, [Multiaddr.Parse("/ip4/192.0.2.7/tcp/4001")]));
        Garbage.GivesOnlyWireFormat(b => SideCodec.ReadRequest(b), SideCodec.WriteOffer("id", "name", 7));
        Garbage.GivesOnlyWireFormat(b => SideCodec.ReadResponse(b), SideCodec.WriteResponse("no"));
    }

    [Fact]
    public void An_offer_and_an_introduction_are_read_as_they_were_written()
    {
        SideRequest offer = SideCodec.ReadRequest(SideCodec.WriteOffer("id", "tea.png", 7));
        Assert.Equal(("id", "tea.png", 7UL), (offer.FileOffer.Id, offer.FileOffer.Name, offer.FileOffer.Size));
        Assert.Equal("anna", SideCodec.ReadRequest(SideCodec.WriteIntroduction("anna")).Introduction.Nick);
        Assert.Throws<WireFormatException>(() => SideCodec.ReadRequest(SideCodec.WriteOffer("", "tea.png", 7)));
    }

    [Fact]
    public async Task A_frame_is_read_as_it_was_written_and_nothing_behind_it()
    {
        byte[] body = new byte[300];
        body[299] = 7;
        using var stream = new MemoryStream([.. LengthPrefix.Frame(body), 42]);
        Assert.Equal(302, LengthPrefix.Frame(body).Length); // 300 = AC 02
        Assert.Equal(body, await LengthPrefix.ReadAsync(stream, 300, default));
        Assert.Equal(42, stream.ReadByte());
    }

    [Theory]
    [InlineData("")] // Nothing.
    [InlineData("80")] // Cut in the length.
    [InlineData("0548656C")] // Cut in the body.
    [InlineData("8100")] // Not the shortest form.
    [InlineData("65")] // 101 bytes, one too many.
    [InlineData("FFFFFFFFFFFFFFFFFF7F")] // Ten bytes of length.
    public async Task A_bad_frame_is_refused(string hex)
    {
        using var stream = new MemoryStream(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<WireFormatException>(() => LengthPrefix.ReadAsync(stream, 100, default));
    }
}
