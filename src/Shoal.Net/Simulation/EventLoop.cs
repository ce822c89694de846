using System.Runtime.ExceptionServices;

namespace Shoal.Net.Simulation;

/// <summary>
/// The clock and the one thread of a simulation: takes the next event in (time, sequence) order and runs it, until the
/// scenario is done. See <c>docs/adr/0002-simulation-runs-inline-on-one-thread.md</c>.
/// </summary>
internal sealed class EventLoop(int seed, int stackBytes)
{
    /// <summary>Events at one instant after which time is said to stand still. Default: 2 million.</summary>
    internal const long MaxEventsAtOneInstant = 2_000_000;

    /// <summary>
    /// Real time to wait, once nothing is left to run, for a task that left the thread to betray itself. Default: 2 s, for a busy machine.
    /// Only runs that fail anyway wait this long.
    /// </summary>
    private static readonly TimeSpan ViolationGrace = TimeSpan.FromSeconds(2);

    private readonly EventQueue _queue = new();
    private readonly object _violationChanged = new();
    private volatile int _thread; // Managed id of the simulation's thread; 0 between runs.
    private volatile InvalidOperationException? _violation;
    private long _now;
    private long _atThisInstant;

    /// <summary>Ticks of virtual time since the start.</summary>
    internal long Now
    {
        get
        {
            CheckThread("reading the clock");
            return _now;
        }
    }

    internal void Schedule(SimulationEvent item, long due) => _queue.Schedule(item, Math.Max(due, _now));

    internal void Cancel(SimulationEvent item) => _queue.Cancel(item);

    /// <summary>Throws when a run is under way and the caller is not on its thread.</summary>
    /// <param name="what">What the caller is about to do.</param>
    internal void CheckThread(string what)
    {
        int thread = _thread;
        if (thread == 0 || thread == Environment.CurrentManagedThreadId) return;
        var violation = new InvalidOperationException(
            $"A task left the simulation's thread: {what} on another thread (seed {seed}). Code under simulation must complete inline: " +
            "no Task.Run, Task.Yield, SemaphoreSlim.WaitAsync, CancelAsync, Task.WhenEach, RunContinuationsAsynchronously; delays by the network's " +
            "TimeProvider.DelayAsync; channels with AllowSynchronousContinuations and no wait for room; pipes with inline schedulers.");
        ExceptionDispatchInfo.SetCurrentStackTrace(violation);
        lock (_violationChanged)
        {
            _violation ??= violation;
            Monitor.PulseAll(_violationChanged);
        }

        throw violation;
    }

    /// <summary>Throws unless a run is under way and the caller is on its thread.</summary>
    /// <param name="what">What the caller is about to do.</param>
    internal void CheckInRun(string what)
    {
        if (_thread == 0)
        {
            throw new InvalidOperationException(
                $"No run is under way: {what} outside of SimulatedNetwork.Run and RunFor. Tasks are started inside the scenario, where nothing but the simulation's thread continues them.");
        }

        CheckThread(what);
    }

    /// <summary>Runs a scenario to its end on the simulation's thread, and blocks the caller meanwhile.</summary>
    internal void Run(Func<Task> scenario, TimeSpan limit) => OnThread(() => RunScenario(scenario, limit));

    /// <summary>Lets virtual time pass.</summary>
    internal void RunFor(TimeSpan time) => OnThread(() =>
    {
        long until = _now + time.Ticks;
        while (_queue.First is { } next && next.Due <= until) Step(next);
        ThrowIfViolated();
        _now = until;
        _atThisInstant = 0;
    });

    private void OnThread(Action run)
    {
        if (_thread != 0) throw new InvalidOperationException("A run is under way already; runs cannot be nested.");
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                _thread = Environment.CurrentManagedThreadId;
                try
                {
                    run();
                }
                catch (Exception e) when (e is not SimulationException)
                {
                    failure = Fail($"The simulation failed: {e.GetType().Name}: {e.Message}", e);
                }
                catch (SimulationException e)
                {
                    failure = e;
                }
                finally
                {
                    _thread = 0;
                }
            },
            stackBytes)
        { IsBackground = true, Name = "Shoal simulation" };
        thread.Start();
        thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private void RunScenario(Func<Task> scenario, TimeSpan limit)
    {
        int thread = Environment.CurrentManagedThreadId;
        long until = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : _now + limit.Ticks;
        bool done = false;
        Task task = scenario();
        _ = task.ContinueWith(
            _ =>
            {
                if (Environment.CurrentManagedThreadId == thread) done = true;
                else RecordHoppedEnd();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        while (!done)
        {
            SimulationEvent next = _queue.First ?? throw Stuck();
            if (next.Due > until)
            {
                _now = until;
                throw Fail($"The scenario is not done after its limit of {limit} of virtual time.");
            }

            Step(next);
        }

        ThrowIfViolated();
        if (task.Exception?.InnerException is { } e) throw Fail($"The scenario failed: {e.GetType().Name}: {e.Message}", e);
        if (task.IsCanceled) throw Fail("The scenario was cancelled.", new TaskCanceledException(task));
    }

    private void Step(SimulationEvent next)
    {
        _queue.Cancel(next);
        if (next.Due > _now)
        {
            _now = next.Due;
            _atThisInstant = 0;
        }
        else if (++_atThisInstant > MaxEventsAtOneInstant)
        {
            throw Fail($"Time stands still: {MaxEventsAtOneInstant} events at one instant. Something goes round in a circle without latency or delay.");
        }

        next.Run();
        if (_violation is not null) ThrowIfViolated();
    }

    private void RecordHoppedEnd()
    {
        try
        {
            CheckThread("the scenario's end");
        }
        catch (InvalidOperationException)
        {
            // Recorded; the loop reports it.
        }
    }

    private void ThrowIfViolated()
    {
        if (_violation is { } violation) throw Fail(violation.Message, violation);
    }

    private SimulationException Stuck()
    {
        lock (_violationChanged)
        {
            if (_violation is null) Monitor.Wait(_violationChanged, ViolationGrace);
        }

        if (_violation is { } violation) return Fail(violation.Message, violation);
        return Fail(
            "The scenario cannot progress: it waits, and no event is left that could wake it. Either two sides wait for each other, " +
            "or a task left the simulation's thread (Task.Run, Task.Yield and the like) and never came back.");
    }

    private SimulationException Fail(string what, Exception? inner = null) => new(seed, TimeSpan.FromTicks(_now), what, inner);
}
