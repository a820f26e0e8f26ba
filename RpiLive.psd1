@{
    RootModule           = 'RpiLive.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d0a3f0e-5b1c-4f5e-9a57-3c1a2a6f9e41'
    Author               = 'The RpiLive authors'
    CompanyName          = 'RpiLive'
    Copyright            = 'Copyright (c) 2026 The RpiLive authors. MIT License.'
    Description          = 'Turns a stock Raspberry Pi OS image into a live image that runs from RAM and never writes to its card.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('RpiLive.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'New-RpiBaseImage'
        'New-RpiLiveImage'
        'Get-RpiLiveImage'
        'Set-RpiLivePersistence'
        'Remove-RpiLivePersistence'
        'Add-RpiLiveZram'
        'Remove-RpiLiveZram'
        'Get-RpiModel'
        'Test-RpiLiveImage'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    # All that is packed; a build in which anything else is staged fails.
    FileList             = @(
        'LICENSE'
        'RpiLive.Core.dll'
        'RpiLive.Format.ps1xml'
        'RpiLive.dll'
        'RpiLive.psd1'
        'ThirdPartyNotices.txt'
        'dependencies/BouncyCastle.Cryptography.dll'
        'dependencies/RpiLive.Codecs.dll'
        'dependencies/ZstdNet.dll'
        'dependencies/ZstdSharp.dll'
        'dependencies/runtimes/linux-arm64/native/libzstd.so'
        'dependencies/runtimes/linux-x64/native/libzstd.so'
        'dependencies/runtimes/osx-arm64/native/libzstd.dylib'
        'dependencies/runtimes/osx-x64/native/libzstd.dylib'
        'dependencies/runtimes/win-arm64/native/libzstd.dll'
        'dependencies/runtimes/win-x64/native/libzstd.dll'
        'dependencies/runtimes/win-x86/native/libzstd.dll'
        'en-US/RpiLive.dll-Help.xml'
        'en-US/about_RpiLive.help.txt'
        'en-US/about_RpiLive_Boot.help.txt'
        'en-US/about_RpiLive_Errors.help.txt'
        'icon.png'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'RaspberryPi', 'LiveImage', 'SquashFS', 'ext4', 'FAT32')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = @'
First version. Makes live images out of stock images of Raspberry Pi OS and Debian, as a plain user on Windows, macOS and Linux.
Keeps chosen directories on a USB drive or on the card, sets up swap on zram, tells which models of Raspberry Pi an image fits,
and tests an image, also by a boot in QEMU. Needs PowerShell 7.6. Get-Help about_RpiLive says more.
'@
        }
    }
}
