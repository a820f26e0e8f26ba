namespace RpiLive.Core.Debian.Root;

/// <summary>A line of /etc/passwd (passwd(5)).</summary>
/// <param name="Name">Login name.</param>
/// <param name="UserId">User id.</param>
/// <param name="GroupId">Id of the primary group.</param>
/// <param name="Comment">Full name and more (GECOS).</param>
/// <param name="Home">Home directory.</param>
/// <param name="Shell">Login shell.</param>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Comment, string Home, string Shell);
