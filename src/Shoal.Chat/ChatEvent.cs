namespace Shoal.Chat;

/// <summary>Something that happened in the chat. All text in it is safe to be shown on a terminal.</summary>
/// <param name="At">When it reached us.</param>
public abstract record ChatEvent(DateTimeOffset At);

/// <summary>Somebody said something to a room.</summary>
/// <param name="At">When it reached us.</param>
/// <param name="Room">Which room.</param>
/// <param name="From">Who said it.</param>
/// <param name="Text">What was said; may have several lines.</param>
public sealed record RoomMessage(DateTimeOffset At, string Room, ChatPeer From, string Text) : ChatEvent(At);

/// <summary>Somebody said something to us alone.</summary>
/// <param name="At">When it reached us.</param>
/// <param name="From">Who said it.</param>
/// <param name="Text">What was said; may have several lines.</param>
public sealed record DirectMessage(DateTimeOffset At, ChatPeer From, string Text) : ChatEvent(At);

/// <summary>A file arrived.</summary>
/// <param name="At">When it was complete.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Path">Where it lies now.</param>
/// <param name="Bytes">Its size.</param>
public sealed record FileReceived(DateTimeOffset At, ChatPeer From, string Path, long Bytes) : ChatEvent(At);

/// <summary>A connected peer came into one of our rooms.</summary>
/// <param name="At">When.</param>
/// <param name="Room">Which room.</param>
/// <param name="Who">Who came.</param>
public sealed record MemberJoined(DateTimeOffset At, string Room, ChatPeer Who) : ChatEvent(At);

/// <summary>A peer left one of our rooms, or is gone.</summary>
/// <param name="At">When.</param>
/// <param name="Room">Which room.</param>
/// <param name="Who">Who left.</param>
public sealed record MemberLeft(DateTimeOffset At, string Room, ChatPeer Who) : ChatEvent(At);

/// <summary>Somebody told what to call him.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who, with the new name.</param>
/// <param name="OldName">What he was called before.</param>
public sealed record NickChanged(DateTimeOffset At, ChatPeer Who, string OldName) : ChatEvent(At);

/// <summary>Something a person should know: a message could not be delivered, a file did not arrive.</summary>
/// <param name="At">When.</param>
/// <param name="Text">A sentence.</param>
public sealed record ChatNotice(DateTimeOffset At, string Text) : ChatEvent(At);
