using System.Text;
using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>The bundle of certificates that programs trust, which update-ca-certificates(8) puts together.</summary>
internal sealed class CertificatesEdit : IBaseEdit
{
    private const string Source = "/usr/share/ca-certificates";

    public void Apply(BaseRoot root)
    {
        if (!root.Has("ca-certificates"))
            return;
        RootEditor editor = root.Editor;
        StringBuilder bundle = new(), list = new();
        foreach (string vendor in editor.NamesIn(Source))
        {
            foreach (string name in editor.NamesIn($"{Source}/{vendor}").Where(name => name.EndsWith(".crt", StringComparison.Ordinal)))
            {
                if (editor.ReadText($"{Source}/{vendor}/{name}") is not { } certificate)
                    continue;
                bundle.Append(certificate.TrimEnd()).Append('\n');
                list.Append(vendor).Append('/').Append(name).Append('\n');
                editor.PutLink($"/etc/ssl/certs/{Path.ChangeExtension(name, ".pem")}", $"{Source}/{vendor}/{name}");
            }
        }
        editor.PutText("/etc/ca-certificates.conf", list.ToString());
        editor.PutText("/etc/ssl/certs/ca-certificates.crt", bundle.ToString());
    }
}
