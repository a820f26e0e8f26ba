using System.Management.Automation;

namespace RpiLive.Errors;

/// <summary>What holds for every error of one id. Messages name the file and what is wrong with it; many have more exact advice than <paramref name="Action"/>.</summary>
/// <param name="Id">Stable id; part of the public interface.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="Meaning">When it comes; a sentence.</param>
/// <param name="Action">What to do; a sentence.</param>
internal sealed record ErrorKind(string Id, ErrorCategory Category, string Meaning, string Action);
