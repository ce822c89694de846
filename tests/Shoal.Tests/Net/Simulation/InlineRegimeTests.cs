using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Shoal.Net;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

/// <summary>What of the base library stays on the simulation's thread, and what happens to code that does not.</summary>
public class InlineRegimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SimulatedNetwork _network = new(7);

    private SimulatedTime Time => _network.Time;

    [Fact]
    public void Delay_stays() => StaysAt(1, () => Task.Delay(Second, Time));

    [Fact]
    public void DelayAsync_stays() => StaysAt(1, () => Time.DelayAsync(Second, default));

    [Fact]
    public void DelayAsync_that_is_cancelled_stays() => StaysAt(1, async () =>
    {
        using var stop = new CancellationTokenSource(Second, Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Time.DelayAsync(10 * Second, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Time.DelayAsync(10 * Second, stop.Token));
    });

    [Fact]
    public void A_delay_of_the_base_library_leaves_when_it_is_cancelled() => FailsByLeaving("the scenario's end", async () =>
    {
        using var stop = new CancellationTokenSource(Second, Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(10 * Second, Time, stop.Token));
    });

    [Fact]
    public void A_wait_for_room_in_a_bounded_channel_leaves() => FailsByLeaving("disposing a timer", async () =>
    {
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { AllowSynchronousContinuations = true });
        channel.Writer.TryWrite(1);
        using ITimer timer = Time.CreateTimer(_ => channel.Reader.TryRead(out int _), null, Second, Timeout.InfiniteTimeSpan);
        await channel.Writer.WriteAsync(2);
    });

    [Fact]
    public void WhenEach_leaves() => FailsByLeaving("the scenario's end", async () =>
    {
        await foreach (Task one in Task.WhenEach(Task.Delay(Second, Time), Task.Delay(2 * Second, Time))) await one;
    });

    [Fact]
    public void A_token_source_with_a_time_out_stays() => StaysAt(3, async () =>
    {
        using var stop = new CancellationTokenSource(Second, Time);
        stop.CancelAfter(3 * Second);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var stopped = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = linked.Token.Register(() => stopped.SetResult());
        await stopped.Task;
    });

    [Fact]
    public void WaitAsync_with_a_time_out_stays_when_it_elapses() => StaysAt(1, async () =>
        await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(Second, Time)));

    [Fact]
    public void WaitAsync_with_a_time_out_stays_when_the_task_is_first() => StaysAt(1, async () =>
        await Task.Delay(Second, Time).WaitAsync(2 * Second, Time));

    [Fact]
    public void WaitAsync_with_a_token_stays_when_it_is_cancelled() => StaysAt(1, async () =>
    {
        using var stop = new CancellationTokenSource(Second, Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TaskCompletionSource().Task.WaitAsync(stop.Token));
    });

    [Fact]
    public void A_periodic_timer_stays() => StaysAt(3, async () =>
    {
        using var timer = new PeriodicTimer(Second, Time);
        for (int i = 0; i < 3; i++) Assert.True(await timer.WaitForNextTickAsync());
    });

    [Fact]
    public void WhenAny_and_WhenAll_stay() => StaysAt(4, async () =>
    {
        await Task.WhenAny(Task.Delay(2 * Second, Time), Task.Delay(Second, Time));
        Assert.Equal(Second, Time.Elapsed);
        await Task.WhenAny(Enumerable.Range(2, 4).Select(i => Task.Delay(i * Second, Time)));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Delay(i * Second / 2, Time)));
    });

    [Fact]
    public void Channels_with_synchronous_continuations_stay_for_readers() => StaysAt(6, async () =>
    {
        var bounded = Channel.CreateBounded<int>(new BoundedChannelOptions(2) { AllowSynchronousContinuations = true });
        var unbounded = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { AllowSynchronousContinuations = true, SingleReader = true });
        Task writing = Write(bounded.Writer);
        Task copying = Copy(bounded.Reader, unbounded.Writer);
        int sum = 0;
        await foreach (int i in unbounded.Reader.ReadAllAsync())
        {
            OnThread();
            sum += i;
        }

        await writing;
        await copying;
        await unbounded.Reader.Completion;
        Assert.Equal(15, sum);

        async Task Write(ChannelWriter<int> writer)
        {
            for (int i = 0; i < 6; i++)
            {
                await Task.Delay(Second, Time);
                Assert.True(writer.TryWrite(i));
            }

            writer.Complete();
        }

        async Task Copy(ChannelReader<int> from, ChannelWriter<int> to)
        {
            await foreach (int i in from.ReadAllAsync()) to.TryWrite(i);
            to.Complete();
        }
    });

    [Fact]
    public void A_value_task_source_stays() => StaysAt(1, async () =>
    {
        var source = new Source();
        using ITimer timer = Time.CreateTimer(_ => source.Core.SetResult(5), null, Second, Timeout.InfiniteTimeSpan);
        Assert.Equal(5, await new ValueTask<int>(source, source.Core.Version));
    });

    [Fact]
    public void A_value_task_source_as_a_task_stays() => StaysAt(1, async () =>
    {
        var source = new Source();
        using ITimer timer = Time.CreateTimer(_ => source.Core.SetResult(5), null, Second, Timeout.InfiniteTimeSpan);
        Assert.Equal(5, await new ValueTask<int>(source, source.Core.Version).AsTask());
    });

    [Fact]
    public void Await_using_and_async_iterators_stay() => StaysAt(7, async () =>
    {
        await using (new Slow(Time)) await Task.Delay(Second, Time);
        OnThread();
        await foreach (int i in Count())
        {
            OnThread();
            if (i == 3) break;
        }

        async IAsyncEnumerable<int> Count([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                for (int i = 1; ; i++)
                {
                    await Task.Delay(Second, Time, cancellationToken);
                    yield return i;
                }
            }
            finally
            {
                await Task.Delay(Second, Time, CancellationToken.None);
            }
        }
    });

    [Fact]
    public void ContinueWith_stays_when_it_is_synchronous() => StaysAt(1, () => Task.Delay(Second, Time)
        .ContinueWith(_ => OnThread(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));

    [Fact]
    public void Cancel_runs_its_callbacks_inline() => StaysAt(0, async () =>
    {
        using var stop = new CancellationTokenSource();
        Task waiting = Wait(stop.Token);
        stop.Cancel();
        Assert.True(waiting.IsCompletedSuccessfully);
        await waiting;

        async Task Wait(CancellationToken token)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Time.DelayAsync(Timeout.InfiniteTimeSpan, token));
            OnThread();
        }
    });

    [Fact]
    public void A_long_chain_of_completions_stays() => StaysAt(1, async () =>
    {
        var first = new TaskCompletionSource();
        Task last = first.Task;
        for (int i = 0; i < 50_000; i++) last = Next(last);
        await Task.Delay(Second, Time);
        first.SetResult();
        await last;

        static async Task Next(Task before) => await before;
    });

    [Fact]
    public void AsyncLocal_values_flow_into_timers() => StaysAt(1, async () =>
    {
        var local = new AsyncLocal<int> { Value = 5 };
        int seen = 0;
        using ITimer timer = Time.CreateTimer(_ => seen = local.Value, null, Second, Timeout.InfiniteTimeSpan);
        local.Value = 6;
        await Task.Delay(Second, Time);
        Assert.Equal(5, seen);
        Assert.Equal(6, local.Value);
    });

    [Fact]
    public void A_task_that_left_the_thread_fails_the_run_by_its_first_use_of_the_network()
    {
        SimulatedHost host = _network.AddHost();
        var e = Assert.Throws<SimulationException>(() => _network.Run(() =>
            Task.Run(async () => await host.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), default))));
        Assert.Contains("left the simulation's thread: connecting", e.Message, StringComparison.Ordinal);
        Assert.Contains("seed 7", e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(A_task_that_left_the_thread_fails_the_run_by_its_first_use_of_the_network), e.InnerException!.StackTrace!, StringComparison.Ordinal);
    }

    [Fact]
    public void Task_Yield_fails_the_run() => FailsByLeaving("reading the clock", async () =>
    {
        await Task.Yield();
        _ = Time.GetTimestamp();
    });

    [Fact]
    public void A_delay_on_the_systems_clock_fails_the_run() => FailsByLeaving("the scenario's end", () => Task.Delay(1));

    [Fact]
    public void Asynchronous_continuations_fail_the_run() => FailsByLeaving("reading the clock", async () =>
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using ITimer timer = Time.CreateTimer(_ => done.SetResult(), null, Second, Timeout.InfiniteTimeSpan);
        await done.Task;
        _ = Time.GetUtcNow();
    });

    [Fact]
    public void A_violation_fails_the_run_even_when_it_is_caught() => FailsByLeaving("setting a timer", async () =>
    {
        using var gone = new ManualResetEventSlim();
        Task hopping = Task.Run(() =>
        {
            Assert.Throws<InvalidOperationException>(() => Time.CreateTimer(_ => { }, null, Second, Second));
            gone.Set();
        });
        Assert.True(gone.Wait(TimeSpan.FromSeconds(10)));
        await Task.Delay(Second, Time);
        Assert.True(hopping.IsCompleted);
    });

    [Fact]
    public void A_scenario_that_waits_for_nothing_fails_with_the_seed()
    {
        var e = Assert.Throws<SimulationException>(() => _network.Run(async () =>
        {
            await Task.Delay(Second, Time);
            await new TaskCompletionSource().Task;
        }));
        Assert.Contains("cannot progress", e.Message, StringComparison.Ordinal);
        Assert.Contains("seed 7", e.Message, StringComparison.Ordinal);
        Assert.Equal(Second, e.At);
        Assert.Equal(7, e.Seed);
    }

    [Fact]
    public void A_scenario_that_takes_too_long_fails_with_the_seed()
    {
        var e = Assert.Throws<SimulationException>(() => _network.Run(
            async () =>
            {
                while (true) await Task.Delay(Second, Time);
            },
            TimeSpan.FromMinutes(1)));
        Assert.Contains("not done after its limit of 00:01:00", e.Message, StringComparison.Ordinal);
        Assert.Contains("seed 7", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_scenario_throws_comes_out_with_the_seed()
    {
        var e = Assert.Throws<SimulationException>(() => _network.Run(async () =>
        {
            await Task.Delay(Second, Time);
            throw new FormatException("no good");
        }));
        Assert.Contains("FormatException: no good (seed 7, virtual time 00:00:01)", e.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(e.InnerException);

        Assert.Throws<SimulationException>(() => _network.Run(() => throw new FormatException("at once")));
        Assert.Throws<SimulationException>(() => _network.Run(() => Task.FromCanceled(new CancellationToken(true))));
    }

    [Fact]
    public void What_a_timer_throws_fails_the_run() => Assert.Contains(
        "in the timer",
        Assert.Throws<SimulationException>(() => _network.Run(async () =>
        {
            using ITimer timer = Time.CreateTimer(_ => throw new FormatException("in the timer"), null, Second, Second);
            await Task.Delay(2 * Second, Time);
        })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Runs_cannot_be_nested() => _network.Run(() =>
    {
        Assert.Throws<InvalidOperationException>(() => _network.Run(() => Task.CompletedTask));
        return Task.CompletedTask;
    });

    [Fact]
    public void A_run_gives_the_scenarios_result() => Assert.Equal(5, _network.Run(async () =>
    {
        await Task.Delay(Second, Time);
        return 5;
    }));

    [Fact]
    public void Connections_in_memory_stay() => StaysAt(4, async () =>
    {
        (NetConnection a, NetConnection b) = InMemoryConnection.CreatePair(4);
        Task sending = Send();
        byte[] got = new byte[3];
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(Second, Time);
            Assert.Equal(3, await b.ReceiveAsync(got));
            OnThread();
        }

        await sending;

        async Task Send()
        {
            for (int i = 0; i < 4; i++) await a.SendAsync(new byte[3]);
            OnThread();
        }
    });

    private void StaysAt(int seconds, Func<Task> scenario, TimeSpan tolerance = default)
    {
        _network.Run(async () =>
        {
            int thread = Environment.CurrentManagedThreadId;
            await scenario();
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        });
        Assert.InRange(Time.Elapsed, (seconds * Second) - tolerance, seconds * Second);
    }

    private void FailsByLeaving(string what, Func<Task> scenario) => Assert.Contains(
        "left the simulation's thread: " + what,
        Assert.Throws<SimulationException>(() => _network.Run(scenario)).Message,
        StringComparison.Ordinal);

    // Throws unless it is called on the simulation's thread.
    private void OnThread() => _ = Time.GetTimestamp();

    private sealed class Slow(TimeProvider time) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.Delay(2 * Second, time);
    }

    private sealed class Source : IValueTaskSource<int>
    {
        public ManualResetValueTaskSourceCore<int> Core;

        public int GetResult(short token) => Core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => Core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            Core.OnCompleted(continuation, state, token, flags);
    }
}
