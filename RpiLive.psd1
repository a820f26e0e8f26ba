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
    CmdletsToExport      = @('New-RpiLiveImage', 'Get-RpiLiveImage', 'Set-RpiLivePersistence', 'Remove-RpiLivePersistence',
                             'Add-RpiLiveZram', 'Remove-RpiLiveZram', 'Get-RpiModel', 'Test-RpiLiveImage')
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'RaspberryPi', 'LiveImage', 'SquashFS', 'ext4', 'FAT32')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
