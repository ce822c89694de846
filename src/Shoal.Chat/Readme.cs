namespace Shoal.Chat;
