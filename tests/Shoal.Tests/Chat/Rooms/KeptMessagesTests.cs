using Shoal.Chat.Rooms;

namespace Shoal.Tests.Chat.Rooms;

public sealed class KeptMessagesTests
{
    private readonly KeptMessages _kept = new(capacity: 3);

    [Fact]
    public void Messages_go_out_in_order_room_by_room()
    {
        Add("tea", 1);
        Add("rum", 2);
        Add("tea", 3);
        Assert.Equal(["tea", "rum"], _kept.Rooms);
        KeptMessage first = _kept.Peek("tea")!;
        Assert.Equal([1], first.Data);
        _kept.Remove(first);
        Assert.Equal([3], _kept.Peek("tea")!.Data);
        Assert.Null(_kept.Peek("gin"));
    }

    [Fact]
    public void No_more_are_kept_than_fit()
    {
        Assert.True(Add("tea", 1) && Add("tea", 2) && Add("tea", 3));
        Assert.False(Add("tea", 4));
    }

    [Fact]
    public void What_waited_too_long_is_given_up()
    {
        Add("tea", 1);
        Add("tea", 2);
        Assert.Equal([[1]], _kept.Expire(TimeSpan.FromSeconds(1)).Select(m => m.Data));
        Assert.Equal([2], _kept.Peek("tea")!.Data);
    }

    [Fact]
    public void Leaving_a_room_drops_what_was_meant_for_it()
    {
        Add("tea", 1);
        Add("rum", 2);
        Assert.Single(_kept.Drop("tea"));
        Assert.False(_kept.HasAny("tea"));
        Assert.False(_kept.IsEmpty);
    }

    private bool Add(string room, byte number) => _kept.TryAdd(new KeptMessage(room, [number], TimeSpan.FromSeconds(number)));
}
