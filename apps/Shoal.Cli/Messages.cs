namespace Shoal.Cli;

/// <summary>Words of exceptions.</summary>
internal static class Messages
{
    /// <summary>The message without the name of a parameter, which a user has not heard of.</summary>
    internal static string Of(Exception exception) => exception is ArgumentException { ParamName: { } name }
        ? exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal).TrimEnd('.')
        : exception.Message.TrimEnd('.');
}
