using Shoal.Libp2p;
using Shoal.Libp2p.Connections;
using Shoal.Libp2p.Dialing;

namespace Shoal.Tests.Libp2p.Connections;

/// <summary>Small parts that tasks wait on.</summary>
public sealed class WaitingTests
{
    [Fact]
    public Task All_who_wait_for_an_announcement_go_on_where_it_is_made_and_in_order() => Task.Run(() => // Out of xunit's context, which would take them.
    {
        var announcement = new Announcement();
        List<int> order = [];
        Task[] waiting = [.. Enumerable.Range(0, 5).Select(WaitAsync)];
        Assert.False(announcement.IsMade);

        announcement.Make();
        announcement.Make();

        Assert.All(waiting, w => Assert.True(w.IsCompletedSuccessfully));
        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.True(announcement.IsMade);
        Assert.True(announcement.WaitAsync().IsCompletedSuccessfully);

        async Task WaitAsync(int number)
        {
            await announcement.WaitAsync().ConfigureAwait(false);
            order.Add(number);
        }
    });

    [Fact]
    public async Task Slots_are_given_in_turn_and_those_who_gave_up_are_passed_over()
    {
        var slots = new DialSlots(1, 10);
        using var impatience = new CancellationTokenSource();
        await slots.TakeAsync(default);
        Task first = slots.TakeAsync(impatience.Token).AsTask();
        Task second = slots.TakeAsync(default).AsTask();
        impatience.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);

        slots.Release();

        await second;
        slots.Release();
        await slots.TakeAsync(default);
    }

    [Fact]
    public async Task Too_many_who_wait_are_refused_with_the_limits_named()
    {
        var slots = new DialSlots(1, 1);
        await slots.TakeAsync(default);
        Task waiting = slots.TakeAsync(default).AsTask();

        var e = await Assert.ThrowsAsync<LimitExceededException>(() => slots.TakeAsync(default).AsTask());

        Assert.Contains("DialOptions.MaxConcurrent of 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("DialOptions.MaxWaiting of 1", e.Message, StringComparison.Ordinal);
        slots.Release();
        await waiting;
    }

    [Fact]
    public async Task A_drain_waits_for_what_runs_and_no_longer_than_its_bound()
    {
        var tracker = new TaskTracker();
        var work = new TaskCompletionSource();
        tracker.Own(work.Task);
        Assert.False(await tracker.DrainAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System));

        Task<bool> drained = tracker.DrainAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        work.SetException(new InvalidOperationException("its own business"));

        Assert.True(await drained);
        Assert.Equal(0, tracker.Running);
    }
}
