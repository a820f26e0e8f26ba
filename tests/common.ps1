# Imports the module, once a session: the one that RPILIVE_MODULE names, by default the one that dotnet build has staged.
if (-not (Get-Module RpiLive)) {
    $manifest = @($env:RPILIVE_MODULE)
    if (-not $env:RPILIVE_MODULE) {
        $stage = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($PSScriptRoot), 'output', 'RpiLive')
        $manifest = [System.IO.Directory]::GetFiles($stage, 'RpiLive.psd1', 'AllDirectories')
    }
    if ($manifest.Count -ne 1) {
        throw "$stage holds $($manifest.Count) modules. Run dotnet clean, then dotnet build."
    }
    Import-Module $manifest[0] -ErrorAction Stop
}

# A file that is no image, of 1 MiB of zeros.
function New-GarbageFile([string] $Folder, [string] $Name) {
    $path = [System.IO.Path]::Combine($Folder, $Name)
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($path))
    [System.IO.File]::WriteAllBytes($path, [byte[]]::new(1MB))
    $path
}

# The errors that a script writes, and the one that ends it.
function Get-ScriptError([scriptblock] $Script) {
    $ErrorActionPreference = 'Continue'
    try {
        & $Script 2>&1 | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }
    }
    catch {
        $_
    }
}

# What tab completion offers at the end of a line.
function Get-Completion([string] $Line) {
    [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null).CompletionMatches.CompletionText
}
