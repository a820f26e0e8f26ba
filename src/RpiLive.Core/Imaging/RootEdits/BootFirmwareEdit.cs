namespace RpiLive.Core.Imaging.Edits;

/// <summary>Services that write firmware to the boot volume.</summary>
internal sealed class BootFirmwareEdit : IRootEdit
{
    public string Name => "boot-firmware";

    public string Reason => "Nothing may write to the boot volume: not a boot loader update, nor Debian's firmware set up at first boot.";

    public void Apply(RootEditor root) => Units.Mask(root, "rpi-eeprom-update.service", "rpi-reconfigure-raspi-firmware.service");
}
