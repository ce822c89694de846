using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

public class SimulatedTimeTests
{
    private readonly SimulatedNetwork _network = new(1);

    private SimulatedTime Time => _network.Time;

    [Fact]
    public void Time_stands_still_while_code_runs_and_jumps_to_the_next_timer() => _network.Run(async () =>
    {
        Assert.Equal(TimeSpan.Zero, Time.Elapsed);
        DateTimeOffset start = Time.GetUtcNow();
        long timestamp = Time.GetTimestamp();
        await Task.Delay(TimeSpan.FromMinutes(3), Time);
        Assert.Equal(TimeSpan.FromMinutes(3), Time.Elapsed);
        Assert.Equal(TimeSpan.FromMinutes(3), Time.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromMinutes(3), Time.GetElapsedTime(timestamp));
    });

    [Fact]
    public void Timers_of_one_time_fire_in_the_order_they_were_set() => _network.Run(async () =>
    {
        var order = new List<int>();
        var timers = Enumerable.Range(0, 10)
            .Select(i => Time.CreateTimer(_ => order.Add(i), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(1), Time);
        Assert.Equal(Enumerable.Range(0, 10), order);
        Assert.Equal(10, timers.Count);
    });

    [Fact]
    public void A_timer_of_zero_fires_later_at_the_same_time_and_not_inside_the_call() => _network.Run(async () =>
    {
        bool fired = false;
        using ITimer timer = Time.CreateTimer(_ => fired = true, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.False(fired);
        await Task.Delay(TimeSpan.FromMilliseconds(1), Time);
        Assert.True(fired);
    });

    [Fact]
    public void A_periodic_timer_fires_each_period_until_it_is_changed_or_disposed() => _network.Run(async () =>
    {
        var at = new List<double>();
        ITimer timer = Time.CreateTimer(_ => at.Add(Time.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await Task.Delay(TimeSpan.FromSeconds(6), Time);
        Assert.Equal([1, 3, 5], at);

        Assert.True(timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan));
        await Task.Delay(TimeSpan.FromSeconds(30), Time);
        Assert.Equal([1, 3, 5, 16], at);

        Assert.True(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        await timer.DisposeAsync();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        await Task.Delay(TimeSpan.FromSeconds(30), Time);
        Assert.Equal(4, at.Count);
    });

    [Fact]
    public void RunFor_lets_time_pass_for_what_earlier_runs_left_going()
    {
        int ticks = 0;
        using ITimer timer = Time.CreateTimer(_ => ticks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _network.RunFor(TimeSpan.FromSeconds(10.5));
        Assert.Equal(10, ticks);
        Assert.Equal(TimeSpan.FromSeconds(10.5), Time.Elapsed);
        _network.RunFor(TimeSpan.FromSeconds(0.5));
        Assert.Equal(11, ticks);
    }

    [Fact]
    public void A_thousand_hours_pass_in_no_time() => _network.Run(
        async () =>
        {
            for (int i = 0; i < 1000; i++) await Task.Delay(TimeSpan.FromHours(1), Time);
        },
        TimeSpan.FromHours(1000));

    [Theory]
    [InlineData(-2, 0)]
    [InlineData(0, -2)]
    public void A_negative_time_is_the_callers_fault(int due, int period) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Time.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(period)));
}
