using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Shoal.InteropTests;

/// <summary>Keeps the last lines that were logged, and gives them to a test's output when the test has ended.</summary>
internal sealed class OutputLoggerFactory(ITestOutputHelper output) : ILoggerFactory
{
    /// <summary>Lines kept. Default: 2,000; the end of a log says why a test failed.</summary>
    private const int MaxLines = 2000;

    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The test's output is the only place.");

    /// <summary>Writes what was kept.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_lines.Count > 0) output.WriteLine(string.Join('\n', _lines));
            _lines.Clear();
        }
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines) _lines.Dequeue();
        }
    }

    private sealed class Logger(OutputLoggerFactory owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Add($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message}]")}");
    }
}
