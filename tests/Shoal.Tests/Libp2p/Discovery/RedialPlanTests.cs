using Shoal.Libp2p.Discovery.Dialing;

namespace Shoal.Tests.Libp2p.Discovery;

public class RedialPlanTests
{
    private static readonly RedialPlanOptions Options = new()
    {
        Parallelism = 2,
        MaxConnections = 4,
        MaxTargets = 5,
        MaxFailures = 4,
        FirstBackoff = TimeSpan.FromSeconds(4),
        MaxBackoff = TimeSpan.FromSeconds(10),
    };

    private readonly RedialPlan<string> _plan = new(Options, new Random(1));

    [Fact]
    public void New_targets_are_dialled_at_once_as_many_at_a_time_as_allowed()
    {
        foreach (string name in (string[])["a", "b", "c"]) _plan.Add(At(0), name);
        Assert.Equal(["a", "b"], Due(0));
        _plan.OnConnected("a");
        Assert.Equal(["c"], Due(0));
    }

    [Fact]
    public void Nobody_is_dialled_while_there_are_connections_enough()
    {
        _plan.Add(At(0), "a");
        Assert.Empty(Due(0, connections: 4));
        Assert.Equal(["a"], Due(0, connections: 3));
    }

    [Fact]
    public void Pauses_double_up_to_the_limit_and_lie_between_half_and_all_of_it()
    {
        _plan.Add(At(0), "a");
        double now = 0;
        foreach (double full in (double[])[4, 8, 10])
        {
            Assert.Equal(["a"], Due(now));
            _plan.OnFailed(At(now), "a");
            double pause = _plan.NextDeadline!.Value.TotalSeconds - now;
            Assert.InRange(pause, full / 2, full);
            Assert.Empty(Due(now + (full / 2) - 0.1));
            now += full;
        }
    }

    [Fact]
    public void A_target_that_fails_too_often_is_forgotten()
    {
        _plan.Add(At(0), "a");
        for (int i = 0; i < Options.MaxFailures; i++)
        {
            Assert.Equal(["a"], Due(i * 100));
            _plan.OnFailed(At(i * 100), "a");
        }

        Assert.Equal(0, _plan.Count);
        Assert.Null(_plan.NextDeadline);
    }

    [Fact]
    public void A_lost_connection_is_dialled_again_after_the_shortest_pause()
    {
        _plan.Add(At(0), "a");
        Due(0);
        _plan.OnConnected("a");
        Assert.Null(_plan.NextDeadline);
        _plan.OnLost(At(50), "a");
        Assert.InRange(_plan.NextDeadline!.Value.TotalSeconds, 52, 54);
        _plan.OnLost(At(51), "a");
        Assert.InRange(_plan.NextDeadline!.Value.TotalSeconds, 52, 54);
    }

    [Fact]
    public void Hearing_of_a_failing_target_again_shortens_its_pause_but_never_below_the_shortest()
    {
        _plan.Add(At(0), "a");
        Due(0);
        _plan.OnFailed(At(0), "a");
        Due(4);
        _plan.OnFailed(At(4), "a");
        for (int i = 0; i < 10; i++) _plan.Add(At(5), "a");
        Assert.Empty(Due(7.9));
        Assert.Equal(["a"], Due(8));
    }

    [Fact]
    public void When_full_the_target_that_failed_most_makes_room_and_good_ones_do_not()
    {
        foreach (string name in (string[])["a", "b", "c", "d", "e", "f"]) _plan.Add(At(0), name);
        Assert.Equal(5, _plan.Count);
        Assert.Equal(["a", "b"], Due(0));
        _plan.OnFailed(At(0), "a");
        _plan.Add(At(0), "g");
        Assert.Equal(5, _plan.Count);
        _plan.OnConnected("b");
        Assert.Equal(["c", "d"], Due(0));
        _plan.OnConnected("c");
        _plan.OnConnected("d");
        Assert.Equal(["e", "g"], Due(1));
    }

    [Fact]
    public void News_of_unknown_targets_change_nothing()
    {
        _plan.OnConnected("x");
        _plan.OnLost(At(0), "x");
        _plan.OnFailed(At(0), "x");
        Assert.Equal(0, _plan.Count);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private List<string> Due(double seconds, int connections = 0)
    {
        List<string> due = [];
        while (_plan.TryNext(At(seconds), connections, out string? target)) due.Add(target);
        return due;
    }
}
