using System.Text.Json;

namespace Shoal.Bench;

/// <summary>
/// The way of all programs that <c>compare</c> drives, ours and those of <c>bench/js</c>: one measurement for each line of
/// standard input, answered by one line of JSON. Who drives them decides the order, so that two can be measured in turn.
/// </summary>
internal static class MeasuringProgram
{
    /// <summary>Tells where this listener is, as its first line.</summary>
    internal static void PrintAddress(string address) => Print(new { address });

    /// <summary>Measures once per line, until the input ends. The line may say which of several measurements is wanted.</summary>
    internal static async Task<int> ServeLinesAsync(Func<string, Task<Measurement>> measure)
    {
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            try
            {
                Print(await measure(line.Trim()).ConfigureAwait(false));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Print(new Measurement(0, "") { Error = e.ToString() });
            }
        }

        return 0;
    }

    /// <summary>The value of <c>--name=value</c>; a default when it is not there.</summary>
    internal static long Option(string[] args, string name, long otherwise)
    {
        string start = $"--{name}=";
        string? found = Array.Find(args, a => a.StartsWith(start, StringComparison.Ordinal));
        return found is null ? otherwise : long.Parse(found.AsSpan(start.Length), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Print<T>(T value)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(value));
        Console.Out.Flush();
    }
}
