using System.Diagnostics;
using System.Globalization;
using Shoal.Crypto;

namespace Shoal.Bench.Crypto;

/// <summary>
/// Looks for time that depends on secrets, as dudect does (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017): one
/// class of measurements with a fixed secret, one with random ones, interleaved at random, compared by Welch's t-test.
/// </summary>
/// <remarks>
/// Slow measurements are noise, so the test is repeated on those below each of several percentiles, and the largest |t| counts. A control,
/// a comparison that leaves at the first difference, shows that the method would find something. Every measurement's secret lies in a
/// place of its own and is copied to one and the same place before the clock starts, so that caches see no difference between classes.
/// </remarks>
internal static class Dudect
{
    /// <summary>From here on a difference is likely (dudect's threshold for "maybe not constant time").</summary>
    private const double Suspicious = 4.5;

    /// <summary>From here on it is certain enough to fail (dudect's threshold for "definitely").</summary>
    private const double Failed = 10;

    private const int DefaultMeasurements = 400_000;
    private const int Batch = 10_000;
    private const int WarmUp = 20_000;
    private const int Crops = 40;
    private const int SmallestClass = 5_000;

    /// <summary>Bytes of the largest secret: scalar, prefix and public key of Ed25519.</summary>
    private const int Slot = 96;

    /// <summary>Runs all targets. <c>--measurements N</c> per target; default 400,000.</summary>
    /// <returns>0, or 1 when a target's |t| is above 10, or the control's is not.</returns>
    internal static int Run(string[] args)
    {
        int measurements = DefaultMeasurements;
        if (args.Length > 0 && (args is not ["--measurements", string number] || !int.TryParse(number, CultureInfo.InvariantCulture, out measurements) || measurements < Batch))
        {
            Console.Error.WriteLine($"usage: dudect [--measurements N]   (at least {Batch}, default {DefaultMeasurements})");
            return 2;
        }

        Console.WriteLine($"{measurements} measurements each; |t| above {Suspicious} is suspicious, above {Failed} fails");
        byte[] buffer = new byte[64], publicKey = new byte[32], message = new byte[64];
        X25519.PublicKey(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray(), publicKey);

        double agree = Measure("X25519 agreement", measurements, RandomOrZero, secret => X25519.TryAgree(secret.AsSpan(0, 32), publicKey, buffer.AsSpan(0, 32)));
        double derive = Measure("X25519 public key", measurements, RandomOrZero, secret => X25519.PublicKey(secret.AsSpan(0, 32), buffer.AsSpan(0, 32)));
        double sign = Measure("Ed25519 signing", measurements, Expanded, secret => Ed25519KeyPair.Sign(secret.AsSpan(0, 32), secret.AsSpan(32, 32), secret.AsSpan(64, 32), message, buffer));
        double control = Measure("control (leaves early)", Math.Min(measurements, 100_000), RandomOrZero, secret => LeavesEarly(secret));

        bool passed = agree <= Failed && derive <= Failed && sign <= Failed && control > Failed;
        Console.WriteLine(passed ? "no dependence on secrets found" : "FAILED");
        return passed ? 0 : 1;
    }

    /// <summary>The fixed secret is zero: the fewest bits, the most alike digits.</summary>
    private static void RandomOrZero(Random random, bool isRandom, Span<byte> slot)
    {
        slot.Clear();
        if (isRandom) random.NextBytes(slot[..32]);
    }

    /// <summary>Scalar, prefix, public key. The public key need not belong to the scalar: signing only hashes it.</summary>
    private static void Expanded(Random random, bool isRandom, Span<byte> slot)
    {
        slot.Clear();
        if (isRandom) random.NextBytes(slot);
        slot[0] &= 248;
        slot[31] = (byte)((slot[31] & 127) | 64);
    }

    private static void LeavesEarly(byte[] secret)
    {
        for (int round = 0; round < 20; round++)
            for (int i = 0; i < 32; i++)
                if (secret[i] != 0)
                    break;
    }

    private delegate void Fill(Random random, bool isRandom, Span<byte> slot);

    private static double Measure(string name, int measurements, Fill fill, Action<byte[]> operation)
    {
        var random = new Random();
        byte[] secret = new byte[Slot], slots = new byte[Batch * Slot];
        bool[] isRandom = new bool[Batch];
        double[] times = new double[Batch];
        fill(random, isRandom: true, secret);
        for (int i = 0; i < WarmUp; i++) operation(secret);
        Thread.Sleep(200); // until the compiler's last tier is in place
        for (int i = 0; i < WarmUp; i++) operation(secret);

        double[] limits = [];
        var tests = new WelchTest[Crops];
        for (int done = 0; done < measurements; done += Batch)
        {
            for (int i = 0; i < Batch; i++)
            {
                isRandom[i] = random.Next(2) == 1;
                fill(random, isRandom[i], slots.AsSpan(i * Slot, Slot));
            }

            for (int i = 0; i < Batch; i++)
            {
                slots.AsSpan(i * Slot, Slot).CopyTo(secret);
                long start = Stopwatch.GetTimestamp();
                operation(secret);
                times[i] = Stopwatch.GetTimestamp() - start;
            }

            if (limits.Length == 0)
            {
                limits = Limits(times); // and the first batch is not counted
                continue;
            }

            for (int i = 0; i < Batch; i++)
                for (int crop = 0; crop < Crops; crop++)
                    if (times[i] <= limits[crop])
                        tests[crop].Add(isRandom[i], times[i]);
        }

        WelchTest worst = tests.Where(t => t.Count >= SmallestClass).DefaultIfEmpty(tests[0]).MaxBy(t => Math.Abs(t.T));
        double t = Math.Abs(worst.T), nanoseconds = 1e9 / Stopwatch.Frequency;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-24} max |t| = {t,7:F2}   difference {worst.Difference * nanoseconds,8:F2} ns of {limits[Crops / 2] * nanoseconds:F0} ns   {(t > Suspicious ? "suspicious" : "")}"));
        return t;
    }

    /// <summary>No limit, and percentiles that come closer to the fastest: 1 - 0.5^(10 i / crops).</summary>
    private static double[] Limits(double[] times)
    {
        double[] sorted = [.. times.Order()];
        var limits = new double[Crops];
        limits[0] = double.MaxValue;
        for (int i = 1; i < Crops; i++) limits[i] = sorted[(int)((1 - Math.Pow(0.5, 10.0 * i / Crops)) * (sorted.Length - 1))];
        return limits;
    }
}
