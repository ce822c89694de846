using Shoal.Libp2p;
using Shoal.Libp2p.Pubsub;

namespace Shoal.Tests.Libp2p.Pubsub;

public sealed class CacheTests
{
    private static readonly PeerId Peer = Sample.Peer(1);

    [Fact]
    public void Seen_ids_are_kept_for_their_time_and_at_most_a_quarter_longer()
    {
        for (int start = 0; start < 240; start += 7)
        {
            var seen = new SeenCache(TimeSpan.FromSeconds(120), 1000);
            Assert.True(seen.Add(Seconds(start), Id(1)));
            for (int age = 1; age < 120; age++)
            {
                seen.Advance(Seconds(start + age));
                Assert.True(seen.Contains(Id(1)));
            }

            for (int age = 120; age <= 150; age++) seen.Advance(Seconds(start + age));
            Assert.False(seen.Contains(Id(1)));
        }
    }

    [Fact]
    public void Seen_ids_are_all_forgotten_after_a_long_silence()
    {
        var seen = new SeenCache(TimeSpan.FromSeconds(120), 1000);
        seen.Add(Seconds(0), Id(1));

        Assert.True(seen.Add(TimeSpan.FromDays(1000), Id(1)));
        Assert.Equal(1, seen.Count);
    }

    [Fact]
    public void A_full_seen_cache_forgets_the_oldest_first()
    {
        var seen = new SeenCache(TimeSpan.FromSeconds(120), 100);
        for (int i = 0; i < 50; i++) seen.Add(Seconds(1), Id(i));
        for (int i = 50; i < 110; i++) seen.Add(Seconds(40), Id(i));

        Assert.False(seen.Contains(Id(0)));
        Assert.True(seen.Contains(Id(60)));
        Assert.Equal(60, seen.Count);
    }

    [Fact]
    public void The_message_cache_gossips_of_the_newest_windows_and_gives_from_all()
    {
        var cache = new MessageCache(5, 3, long.MaxValue);
        GossipMessage message = Sample.Kept(Peer, 1);
        cache.Put(message);
        cache.Put(message);

        for (int age = 0; age < 5; age++)
        {
            Assert.Equal(age < 3 ? 1 : 0, cache.GossipIds(Sample.Topic).Count);
            Assert.NotNull(cache.Give(message.Id, Peer, 10));
            Assert.Empty(cache.GossipIds("other"));
            cache.Shift();
        }

        Assert.Null(cache.Give(message.Id, Peer, 10));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_full_message_cache_drops_the_oldest_windows()
    {
        var cache = new MessageCache(5, 3, 10_000);
        GossipMessage old = Sample.Kept(Peer, 1, size: 4000), middle = Sample.Kept(Peer, 2, size: 4000), young = Sample.Kept(Peer, 3, size: 4000);
        cache.Put(old);
        cache.Shift();
        cache.Put(middle);
        cache.Shift();
        cache.Put(young);

        Assert.Null(cache.Give(old.Id, Peer, 10));
        Assert.NotNull(cache.Give(middle.Id, Peer, 10));
        Assert.NotNull(cache.Give(young.Id, Peer, 10));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static MessageId Id(int number) => MessageId.Of(BitConverter.GetBytes(number));
}
