using System.Buffers;

namespace Shoal.Net.Simulation;

/// <summary>
/// One direction of a connection: pieces on their way, in order, at most a window full of them; held back by a cut.
/// </summary>
internal sealed class SimulatedPath : SimulationEvent
{
    /// <summary>Largest piece, in bytes: the grain at which a bandwidth limit lets data arrive. Default: 64 KiB.</summary>
    private const int MaxPiece = 64 * 1024;

    private readonly SimulatedNetwork _network;
    private readonly LinkOptions _link;
    private readonly Queue<Piece> _pieces = new();
    private readonly Queue<(long At, int Bytes)> _credits = new();
    private readonly CallbackEvent _giveUp;
    private readonly CallbackEvent _credit;
    private SimulatedConnection _sender = null!;
    private SimulatedConnection _receiver = null!;
    private int _room;
    private bool _blocked;
    private long _lineFree;
    private long _lastArrival;

    internal SimulatedPath(SimulatedHost from, SimulatedHost to, LinkOptions link)
    {
        From = from;
        To = to;
        _network = from.Network;
        _link = link;
        _room = _network.Options.WindowBytes;
        _giveUp = new CallbackEvent(OnGiveUp);
        _credit = new CallbackEvent(() => _sender.OnRoom());
    }

    internal enum Mark
    {
        /// <summary>Bytes.</summary>
        Data,

        /// <summary>The last step of the handshake: the listener may accept.</summary>
        Opened,

        /// <summary>The sender ended its direction.</summary>
        End,

        /// <summary>The sender dropped the connection.</summary>
        Reset,
    }

    internal SimulatedHost From { get; }

    internal SimulatedHost To { get; }

    private EventLoop Loop => _network.Loop;

    internal void Join(SimulatedConnection sender, SimulatedConnection receiver)
    {
        _sender = sender;
        _receiver = receiver;
    }

    /// <summary>Takes as many bytes as the window allows now; 0 when the sender has to wait for <see cref="SimulatedConnection.OnRoom"/>.</summary>
    internal int Send(ReadOnlySpan<byte> bytes)
    {
        long now = Loop.Now;
        while (_credits.TryPeek(out (long At, int Bytes) credit) && credit.At <= now)
        {
            _credits.Dequeue();
            _room += credit.Bytes;
        }

        int count = Math.Min(bytes.Length, Math.Min(_room, MaxPiece));
        if (count == 0)
        {
            ScheduleCredit();
            return 0;
        }

        _room -= count;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(count);
        bytes[..count].CopyTo(buffer);
        Enqueue(Mark.Data, buffer, count);
        return count;
    }

    /// <summary>Puts a mark behind what was sent.</summary>
    internal void Send(Mark mark) => Enqueue(mark, null, 0);

    /// <summary>The receiver took bytes out: room for as many, once the sender hears of it.</summary>
    internal void OnConsumed(int bytes)
    {
        _credits.Enqueue((Loop.Now + _link.Latency.Ticks, bytes));
        if (_sender.WaitsForRoom) ScheduleCredit();
    }

    /// <summary>Forgets what is on its way.</summary>
    internal void Clear()
    {
        Loop.Cancel(this);
        Loop.Cancel(_credit);
        Loop.Cancel(_giveUp);
        if (_blocked) _network.RemoveBlocked(this);
        _blocked = false;
        bool neverOpened = false;
        while (_pieces.TryDequeue(out Piece piece))
        {
            neverOpened |= piece.Mark == Mark.Opened;
            Return(piece);
        }

        if (neverOpened) _receiver.OnNeverOpened();
    }

    /// <summary>The way is open again: what was held back arrives after a latency.</summary>
    internal void Resume()
    {
        _network.RemoveBlocked(this);
        _blocked = false;
        Loop.Cancel(_giveUp);
        long first = Loop.Now + _network.DrawLatency(_link);
        for (int i = _pieces.Count; i > 0; i--)
        {
            Piece piece = _pieces.Dequeue();
            _pieces.Enqueue(piece with { At = Math.Max(piece.At, first) });
        }

        _lastArrival = Math.Max(_lastArrival, first);
        if (_pieces.TryPeek(out Piece head)) Loop.Schedule(this, head.At);
    }

    /// <summary>Pieces arrive.</summary>
    internal override void Run()
    {
        if (!_network.IsOpen(From, To))
        {
            _blocked = true;
            _network.AddBlocked(this);
            Loop.Schedule(_giveUp, Loop.Now + _network.Options.GiveUpAfter.Ticks);
            return;
        }

        // One piece per event: what its arrival sets off happens before the next one arrives.
        Piece piece = _pieces.Dequeue();
        if (_pieces.TryPeek(out Piece next)) Loop.Schedule(this, next.At);
        if (piece.Mark == Mark.Data) _network.Record(TraceDetail.Data, To.Name, FormattableString.Invariant($"gets {piece.Count} bytes on {_receiver}"));
        _receiver.OnPiece(piece);
    }

    internal static void Return(Piece piece)
    {
        if (piece.Buffer is not null) ArrayPool<byte>.Shared.Return(piece.Buffer);
    }

    private void Enqueue(Mark mark, byte[]? buffer, int count)
    {
        long now = Loop.Now;
        long departure = now;
        if (_link.BytesPerSecond is { } rate)
        {
            _lineFree = Math.Max(_lineFree, now) + (long)Math.Ceiling(count * (double)TimeSpan.TicksPerSecond / rate);
            departure = _lineFree;
        }

        _lastArrival = Math.Max(_lastArrival, departure + _network.DrawLatency(_link));
        _pieces.Enqueue(new Piece(_lastArrival, mark, buffer, count));
        if (!_blocked && _pieces.Count == 1) Loop.Schedule(this, _lastArrival);
    }

    private void ScheduleCredit()
    {
        if (!_credit.IsScheduled && _credits.TryPeek(out (long At, int Bytes) credit)) Loop.Schedule(_credit, credit.At);
    }

    private void OnGiveUp() => _sender.OnGiveUp();

    /// <summary>Something on its way.</summary>
    internal readonly record struct Piece(long At, Mark Mark, byte[]? Buffer, int Count);
}
