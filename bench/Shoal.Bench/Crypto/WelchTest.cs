namespace Shoal.Bench.Crypto;

/// <summary>Welch's t between two classes of measurements, fed one by one (Welford's method).</summary>
internal struct WelchTest
{
    private Moments _first, _second;

    /// <summary>Measurements in the smaller class.</summary>
    internal readonly long Count => Math.Min(_first.Count, _second.Count);

    /// <summary>Difference of the means in units of its standard error.</summary>
    internal readonly double T
    {
        get
        {
            if (Count < 2) return 0;
            double error = Math.Sqrt((_first.Variance / _first.Count) + (_second.Variance / _second.Count));
            return error > 0 ? (_first.Mean - _second.Mean) / error : 0;
        }
    }

    /// <summary>Difference of the means.</summary>
    internal readonly double Difference => _first.Mean - _second.Mean;

    internal void Add(bool second, double value)
    {
        if (second) _second.Add(value);
        else _first.Add(value);
    }

    private struct Moments
    {
        private double _squares;

        internal long Count { get; private set; }

        internal double Mean { get; private set; }

        internal readonly double Variance => _squares / (Count - 1);

        internal void Add(double value)
        {
            Count++;
            double delta = value - Mean;
            Mean += delta / Count;
            _squares += delta * (value - Mean);
        }
    }
}
