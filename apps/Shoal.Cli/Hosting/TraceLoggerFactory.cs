using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Shoal.Chat.Text;

namespace Shoal.Cli.Hosting;

/// <summary>Prints what the libraries log, in plain words: the seconds since the start, then the message.</summary>
internal sealed class TraceLoggerFactory(Action<string> writeLine) : ILoggerFactory
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("A trace goes to one place.");

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        string time = Stopwatch.GetElapsedTime(_start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        string mark = level >= LogLevel.Warning ? "! " : "";
        string cause = exception is null ? "" : $" ({exception.Message})";
        writeLine(SafeText.OneLine($"{time,8} {mark}{message}{cause}")); // Parts of it are a stranger's words.
    }

    private sealed class Logger(TraceLoggerFactory factory) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            factory.Write(logLevel, formatter(state, exception), exception);
    }
}
