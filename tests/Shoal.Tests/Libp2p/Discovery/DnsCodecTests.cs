using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Shoal.Libp2p.Discovery.Dns;
using Shoal.Net;

namespace Shoal.Tests.Libp2p.Discovery;

public class DnsCodecTests
{
    private static readonly DnsName Service = DnsName.Parse("_p2p._udp.local");

    [Fact]
    public void Names_are_decompressed_as_in_the_example_of_rfc_1035_section_4_1_4()
    {
        // Offsets 20, 40, 64 and 92 hold F.ISI.ARPA, FOO with a pointer to it, a pointer to its last label, and the root.
        byte[] message = new byte[97];
        Put(message, 20, 1, 'F', 3, 'I', 'S', 'I', 4, 'A', 'R', 'P', 'A', 0);
        Put(message, 40, 3, 'F', 'O', 'O', 0xC0, 20);
        Put(message, 64, 0xC0, 26);

        Assert.Equal("F.ISI.ARPA", NameAt(message, 20));
        Assert.Equal("FOO.F.ISI.ARPA", NameAt(message, 40));
        Assert.Equal("ARPA", NameAt(message, 64));
        Assert.Equal(".", NameAt(message, 92));
    }

    [Fact]
    public void An_answer_as_js_encodes_it_is_read()
    {
        // Made by dns-packet 5, as @libp2p/mdns 12.0.32 does: all records among the answers, one string per record.
        DnsMessage message = DnsCodec.Read(Convert.FromHexString(JsAnswer));

        Assert.True(message.IsResponse);
        Assert.Equal(3, message.Answers.Count);
        var pointer = Assert.IsType<PtrRecord>(message.Answers[0]);
        Assert.Equal(Service, pointer.Name);
        Assert.Equal("abc._p2p._udp.local", pointer.Target.ToString());
        Assert.Equal(120u, pointer.TimeToLive);
        var text = Assert.IsType<TxtRecord>(message.Answers[1]);
        Assert.Equal("dnsaddr=/ip4/127.0.0.1/tcp/4001", Encoding.UTF8.GetString(Assert.Single(text.Strings)));
        Assert.Equal(2, Assert.IsType<TxtRecord>(message.Answers[2]).Strings.Count);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var message = new DnsMessage
        {
            Id = 0x1234,
            Flags = DnsFlags.Response | DnsFlags.Authoritative,
            UdpPayloadSize = 1232,
            Questions = [new DnsQuestion(Service, DnsType.Ptr, DnsRecord.Internet | DnsRecord.TopBit)],
            Answers = [new PtrRecord(Service, 120, DnsName.Parse("a").Under(Service)), new CnameRecord(Service, 1, Service)],
            Authorities = [new SrvRecord(Service, 9, 1, 2, 3, DnsName.Parse("host.local"))],
            Additionals =
            [
                new TxtRecord(Service, uint.MaxValue, ["one"u8.ToArray(), [], new byte[255]]) { CacheFlush = true },
                new AddressRecord(Service, 0, IPAddress.Parse("192.168.0.1")),
                new AddressRecord(Service, 0, IPAddress.Parse("fe80::1")),
            ],
        };

        byte[] bytes = DnsCodec.ToBytes(message);
        DnsMessage read = DnsCodec.Read(bytes);
        Assert.Equal(bytes, DnsCodec.ToBytes(read));
        Assert.Equal(message.Questions, read.Questions);
        Assert.Equal(message.Answers, read.Answers);
        Assert.Equal(message.Authorities, read.Authorities);
        Assert.True(read.Additionals[0].CacheFlush);
        Assert.Equal((ushort)1232, read.UdpPayloadSize);
        Assert.Equal(3, read.Additionals.Count);
    }

    [Fact]
    public void Any_names_and_strings_survive()
    {
        Prop.ForAll<byte[], byte[], ushort>((label, text, id) =>
        {
            byte[] name = label is { Length: > 0 } ? label[..Math.Min(label.Length, 63)] : [0];
            var owner = new DnsName([(byte)name.Length, .. name, 0]);
            byte[] written = DnsCodec.ToBytes(new DnsMessage { Id = id, Answers = [new TxtRecord(owner, id, [text ?? []])] });
            var read = (TxtRecord)DnsCodec.Read(written).Answers[0];
            return read.Name.Equals(owner) && read.Strings[0].AsSpan().SequenceEqual(text) && read.TimeToLive == id;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Garbage_gives_only_the_wire_format_exception()
    {
        Prop.ForAll<byte[]>(ReadsOrRefuses).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_damaged_answer_gives_only_the_wire_format_exception()
    {
        byte[] good = Convert.FromHexString(JsAnswer);
        for (int length = 0; length < good.Length; length++)
            Assert.Throws<WireFormatException>(() => DnsCodec.Read(good.AsSpan(0, length)));

        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = [.. good];
            for (int n = random.Next(1, 5); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            Assert.True(ReadsOrRefuses(bad));
        }
    }

    [Theory]
    [InlineData("C00C", "a pointer to itself")]
    [InlineData("C00E00C00C", "a pointer forwards")]
    [InlineData("0161C00C", "a label and a pointer to it: a loop")]
    [InlineData("40", "a label type that was never defined")]
    [InlineData("80", "a label type that was never defined")]
    [InlineData("3F61", "a label longer than the message")]
    [InlineData("C0", "half a pointer")]
    [InlineData("", "nothing")]
    public void Hostile_names_are_refused(string name, string why)
    {
        byte[] bytes = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Convert.FromHexString(name)];
        Assert.True(Throws(bytes), why);
    }

    [Fact]
    public void A_name_of_more_than_255_bytes_is_refused_even_when_compression_hides_it()
    {
        byte[] half = [63, .. new byte[63], 63, .. new byte[63]]; // 128 bytes
        byte[] question = [0, 1, 0, 1];
        byte[] bytes = [0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, .. half, 0, .. question, .. half, 0xC0, 12, .. question];
        Assert.True(Throws(bytes));
    }

    [Fact]
    public void Long_chains_of_pointers_are_refused()
    {
        // Each question's name is a pointer to the one before: the last needs 200 jumps.
        List<byte> bytes = [0, 0, 0, 0, 0, 201, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1];
        int last = 12;
        for (int i = 0; i < 200; i++)
        {
            int here = bytes.Count;
            bytes.AddRange([(byte)(0xC0 | (last >> 8)), (byte)last, 0, 1, 0, 1]);
            last = here;
        }

        Assert.True(Throws([.. bytes]));
    }

    [Fact]
    public void Counts_beyond_the_limit_are_refused_before_anything_is_read()
    {
        Assert.True(Throws([0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
    }

    [Fact]
    public void Data_longer_or_shorter_than_its_length_is_refused()
    {
        byte[] good = DnsCodec.ToBytes(new DnsMessage { Answers = [new PtrRecord(Service, 1, Service)] });
        int length = 12 + Service.Wire.Length + 9;
        foreach (int wrong in new[] { -1, 1 })
        {
            byte[] bad = [.. good, 0];
            bad[length] = (byte)(bad[length] + wrong);
            Assert.True(Throws(bad));
        }
    }

    [Fact]
    public void Records_of_unknown_kinds_and_classes_are_skipped()
    {
        byte[] unknownKind = [0, 0, 99, 0, 1, 0, 0, 0, 0, 0, 2, 7, 7];
        byte[] unknownClass = [0, 0, 12, 0, 3, 0, 0, 0, 0, 0, 2, 7, 7];
        byte[] known = DnsCodec.ToBytes(new DnsMessage { Answers = [new PtrRecord(Service, 1, Service)] })[12..];
        DnsMessage message = DnsCodec.Read([0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, .. unknownKind, .. unknownClass, .. known]);
        Assert.IsType<PtrRecord>(Assert.Single(message.Answers));
    }

    [Fact]
    public void Names_compare_without_regard_to_ascii_case()
    {
        Assert.Equal(Service, DnsName.Parse("_P2P._Udp.LOCAL."));
        Assert.Equal(Service.GetHashCode(), DnsName.Parse("_P2P._Udp.LOCAL.").GetHashCode());
        Assert.NotEqual(Service, DnsName.Parse("_p2p._tcp.local"));
        Assert.NotEqual(DnsName.Parse("a.b"), new DnsName([3, (byte)'a', (byte)'.', (byte)'b', 0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("ä.local")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.local")]
    public void Text_that_is_no_name_is_refused(string text) => Assert.False(DnsName.TryParse(text, out _));

    private const string JsAnswer =
        "000084000000000300000000045f703270045f756470056c6f63616c00000c000100000078001503616263045f703270045f756470056c6f63616c00" +
        "03616263045f703270045f756470056c6f63616c00001000010000007800201f646e73616464723d2f6970342f3132372e302e302e312f7463702f34" +
        "30303103616263045f703270045f756470056c6f63616c0000100001000000780003016100";

    private static string NameAt(byte[] message, int offset)
    {
        // The example's bytes become the data of an unknown record, 11 bytes further back; a record pointing there follows.
        const int Shift = 11;
        byte[] moved = [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 99, 0, 1, 0, 0, 0, 0, 0, (byte)(message.Length - 12), .. message[12..]];
        for (int i = 12 + Shift; i < moved.Length; i++)
            if (moved[i] == 0xC0) moved[i + 1] += Shift;
        byte[] all = [.. moved, 0xC0, (byte)(offset + Shift), 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
        return DnsCodec.Read(all).Answers[0].Name.ToString();
    }

    private static void Put(byte[] message, int offset, params int[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++) message[offset + i] = (byte)bytes[i];
    }

    private static bool Throws(byte[] bytes)
    {
        try
        {
            DnsCodec.Read(bytes);
            return false;
        }
        catch (WireFormatException)
        {
            return true;
        }
    }

    private static bool ReadsOrRefuses(byte[]? bytes)
    {
        try
        {
            DnsCodec.Read(bytes);
            return true;
        }
        catch (WireFormatException)
        {
            return true;
        }
    }
}
