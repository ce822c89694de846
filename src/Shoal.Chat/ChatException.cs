using Shoal.Net;

namespace Shoal.Chat;

/// <summary>Something that was said did not get through. The message is a sentence for the person who said it.</summary>
public sealed class ChatException(string message, Exception? inner = null) : ShoalException(message, inner);
