# What the host runs without a command: from Debian's packages to a live image that was started.
$ErrorActionPreference = 'Stop'

# The base image stays in the cache, and is made anew when it is a day old, as packages get updates, or older than RpiLive itself.
$base = [System.IO.FileInfo]::new([System.IO.Path]::Join([RpiLive.Core.Debian.Archive.PackageCache]::DefaultFolder, 'try', 'base.img'))
$module = [System.IO.FileInfo]::new([RpiLive.Core.Debian.Archive.PackageCache].Assembly.Location)
if (-not $base.Exists -or $base.LastWriteTimeUtc -lt [datetime]::UtcNow.AddDays(-1) -or $base.LastWriteTimeUtc -lt $module.LastWriteTimeUtc) {
    $null = [System.IO.Directory]::CreateDirectory($base.DirectoryName)
    New-RpiBaseImage $base.FullName -Force | Out-Default
}

# Packed quickly rather than well: it is made to be looked at.
$live = New-RpiLiveImage -LiteralPath $base.FullName -DestinationPath rpilive-live.img -CompressionLevel 2 -Force |
    Set-RpiLivePersistence -Directory /home -Target Partition -Size 32MB |
    Add-RpiLiveZram
$live | Out-Default

# Where there is no QEMU, the boot is skipped, and the report says so.
$report = Test-RpiLiveImage -LiteralPath $live.Path -Boot
$report | Out-Default
if (-not $report.IsValid) {
    throw "$($live.Path) did not pass its tests."
}
"The live image is $($live.Path). Write it to a card with Raspberry Pi Imager or any other image writer."
