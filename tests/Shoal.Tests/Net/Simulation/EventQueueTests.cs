using FsCheck;
using FsCheck.Fluent;
using Shoal.Net.Simulation;

namespace Shoal.Tests.Net.Simulation;

public class EventQueueTests
{
    [Fact]
    public void Events_come_out_by_time_and_then_in_the_order_they_were_put_in() =>
        Prop.ForAll<byte[]>(times =>
        {
            var queue = new EventQueue();
            var events = times.Select(t => (Time: t, Event: new CallbackEvent(() => { }))).ToList();
            foreach (var (time, item) in events) queue.Schedule(item, time);
            return TakeAll(queue).SequenceEqual(events.OrderBy(e => e.Time).Select(e => e.Event));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_cancelled_event_does_not_come_out_and_a_moved_one_comes_out_once() =>
        Prop.ForAll<(byte, byte)[]>(steps =>
        {
            var queue = new EventQueue();
            CallbackEvent[] events = [.. Enumerable.Range(0, 16).Select(_ => new CallbackEvent(() => { }))];
            var model = new List<(int Time, int Sequence, CallbackEvent Event)>();
            int sequence = 0;
            foreach ((byte which, byte time) in steps)
            {
                CallbackEvent item = events[which % 16];
                model.RemoveAll(m => m.Event == item);
                if (time < 64)
                {
                    queue.Cancel(item);
                }
                else
                {
                    queue.Schedule(item, time);
                    model.Add((time, sequence++, item));
                }
            }

            return TakeAll(queue).SequenceEqual(model.OrderBy(m => (m.Time, m.Sequence)).Select(m => m.Event));
        }).QuickCheckThrowOnFailure();

    private static List<SimulationEvent> TakeAll(EventQueue queue)
    {
        var all = new List<SimulationEvent>();
        while (queue.First is { } first)
        {
            queue.Cancel(first);
            Assert.False(first.IsScheduled);
            all.Add(first);
        }

        return all;
    }
}
