namespace RpiLive.Core.Fat;

/// <summary>Code page 437, in which short names and labels are stored.</summary>
internal static class OemText
{
    /// <summary>The characters of bytes 0x80 to 0xFF.</summary>
    private const string Upper =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

    public static char Decode(byte value) => value < 0x80 ? (char)value : Upper[value - 0x80];

    /// <summary>The text of a space-padded field.</summary>
    public static string DecodePadded(ReadOnlySpan<byte> field)
    {
        field = field.TrimEnd((byte)' ');
        return string.Create(field.Length, field, (text, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
                text[i] = Decode(bytes[i]);
        });
    }
}
