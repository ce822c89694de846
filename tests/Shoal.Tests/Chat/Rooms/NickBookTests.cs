using Shoal.Chat.Rooms;
using Shoal.Libp2p;

namespace Shoal.Tests.Chat.Rooms;

public sealed class NickBookTests
{
    private static readonly PeerId Self = Peer(0), Anna = Peer(1), Other = Peer(2);

    private readonly NickBook _book = new(Self, capacity: 3);

    [Fact]
    public void A_peer_without_nick_is_called_by_its_short_id() =>
        Assert.Equal(Anna.ToString()[^8..], _book.Name(Anna).Name);

    [Fact]
    public void A_nick_is_shown_alone_while_nobody_else_has_it()
    {
        Assert.True(_book.Set(Anna, "anna"));
        Assert.False(_book.Set(Anna, "anna"));
        Assert.Equal("anna", _book.Name(Anna).Name);

        _book.Set(Other, "Anna");
        Assert.Equal($"anna({Anna.ShortText})", _book.Name(Anna).Name);
        Assert.Equal($"Anna({Other.ShortText})", _book.Name(Other).Name);
        Assert.Equal([Anna, Other], _book.Called("ANNA"));

        _book.Set(Other, "bob");
        Assert.Equal("anna", _book.Name(Anna).Name);
    }

    [Fact]
    public void Who_comes_back_under_another_key_has_his_nick_for_himself()
    {
        _book.Set(Anna, "anna");
        _book.OnGone(Anna);
        _book.OnGone(Anna);
        _book.Set(Other, "anna");
        Assert.Equal("anna", _book.Name(Other).Name);
        Assert.Equal($"anna({Anna.ShortText})", _book.Name(Anna).Name);

        Assert.True(_book.Set(Anna, "anna"));
        Assert.Equal($"anna({Other.ShortText})", _book.Name(Other).Name);
    }

    [Fact]
    public void Nobody_passes_for_us()
    {
        _book.Set(Self, "me");
        _book.Set(Other, "ME");
        Assert.Equal($"ME({Other.ShortText})", _book.Name(Other).Name);
    }

    [Fact]
    public void A_nick_that_looks_like_a_short_id_is_shown_with_the_real_one()
    {
        _book.Set(Other, Anna.ShortText);
        Assert.Equal($"{Anna.ShortText}({Other.ShortText})", _book.Name(Other).Name);
        _book.Set(Other, "annabell");
        Assert.Equal("annabell", _book.Name(Other).Name);
    }

    [Fact]
    public void The_nick_longest_unheard_is_forgotten_first()
    {
        _book.Set(Anna, "anna");
        _book.Set(Other, "bob");
        _book.Set(Peer(3), "cleo");
        _book.Set(Anna, "anna");
        _book.Set(Peer(4), "dora");
        Assert.Null(_book.NickOf(Other));
        Assert.Empty(_book.Called("bob"));
        Assert.Equal("anna", _book.NickOf(Anna));
    }

    private static PeerId Peer(byte number)
    {
        byte[] seed = new byte[32];
        seed[0] = number;
        return PrivateKey.FromEd25519Seed(seed).PeerId;
    }
}
