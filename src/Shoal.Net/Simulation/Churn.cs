namespace Shoal.Net.Simulation;

/// <summary>Hosts going down and coming up at random.</summary>
internal sealed class Churn : IDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly TimeSpan _meanUp;
    private readonly TimeSpan _meanDown;
    private readonly List<CallbackEvent> _turns = [];

    internal Churn(SimulatedNetwork network, IEnumerable<SimulatedHost> hosts, TimeSpan meanUp, TimeSpan meanDown)
    {
        _network = network;
        _meanUp = meanUp;
        _meanDown = meanDown;
        foreach (SimulatedHost host in hosts)
        {
            CallbackEvent turn = null!;
            turn = new CallbackEvent(() => Turn(host, turn));
            _turns.Add(turn);
            ScheduleNext(host, turn);
        }
    }

    public void Dispose()
    {
        _network.Loop.CheckThread("ending churn");
        foreach (CallbackEvent turn in _turns) _network.Loop.Cancel(turn);
    }

    private void Turn(SimulatedHost host, CallbackEvent turn)
    {
        if (host.IsUp) host.GoDown();
        else host.ComeUp();
        ScheduleNext(host, turn);
    }

    private void ScheduleNext(SimulatedHost host, CallbackEvent turn)
    {
        TimeSpan mean = host.IsUp ? _meanUp : _meanDown;
        _network.Loop.Schedule(turn, _network.Loop.Now + (long)(mean.Ticks * _network.DrawExponential()));
    }
}
