namespace RpiLive.Core.Imaging.Edits;

/// <summary>Secrets that a system makes for itself at its first boot.</summary>
internal sealed class SecretSeedEdit : IRootEdit
{
    private static readonly string[] s_paths =
    [
        "/var/lib/systemd/random-seed",
        "/var/lib/urandom/random-seed",
        "/var/lib/systemd/credential.secret",
        "/boot/efi/loader/random-seed",
        "/efi/loader/random-seed",
        "/boot/loader/random-seed",
    ];

    public string Name => "secret-seeds";

    public string Reason => "The same random seed must not be fed at each boot and on each Pi, nor one secret key serve all of them.";

    public void Apply(RootEditor root)
    {
        foreach (string path in s_paths)
            root.Remove(path);
    }
}
