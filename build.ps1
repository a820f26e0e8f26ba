#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the tasks of the project. The build itself is MSBuild's: `dotnet build` alone makes an importable module.
.DESCRIPTION
    Build    dotnet build; the module is then in output/RpiLive/<version>
    Test     dotnet test
    Pester   the tests of tests/*.Tests.ps1 in a new pwsh, against output/
    Docs     brings docs/en-US up to date with the parameters of the built cmdlets
    Analyze  PSScriptAnalyzer and dotnet format
    Package  output/RpiLive.<version>.nupkg, ready for a gallery
.EXAMPLE
    ./build.ps1 -Task Build, Test, Pester
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Docs', 'Analyze', 'Package')]
    [string[]] $Task = @('Build', 'Test'),

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'

# The versions that the tasks are known to work with; install them with Install-PSResource.
$tools = @{
    'Pester'                       = '5.7.1'
    'Microsoft.PowerShell.PlatyPS' = '1.0.3'
    'PSScriptAnalyzer'             = '1.23.0'
}

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args exited with $LASTEXITCODE."
    }
}

function Import-Tool([string] $Name) {
    $version = $tools[$Name]
    try {
        Import-Module $Name -MinimumVersion $version
    }
    catch {
        throw "$Name $version is not installed. Install it with: Install-PSResource $Name -Version $version"
    }
}

function Get-Manifest {
    $versions = [System.IO.Directory]::GetDirectories("$PSScriptRoot/output/RpiLive")
    if ($versions.Count -ne 1) {
        throw "output/RpiLive holds $($versions.Count) versions. Run dotnet clean, then ./build.ps1 -Task Build."
    }
    "$versions/RpiLive.psd1"
}

$run = @{
    Build   = { Invoke-DotNet build "$PSScriptRoot/RpiLive.slnx" --configuration $Configuration }
    Test    = { Invoke-DotNet test --solution "$PSScriptRoot/RpiLive.slnx" --configuration $Configuration }
    Pester  = {
        Import-Tool Pester
        $command = "Import-Module Pester -MinimumVersion $($tools.Pester); Invoke-Pester '$PSScriptRoot/tests' -CI -Output Detailed"
        & pwsh -NoProfile -NonInteractive -Command $command
        if ($LASTEXITCODE -ne 0) {
            throw "$LASTEXITCODE Pester tests failed."
        }
    }
    Docs    = {
        Import-Tool Microsoft.PowerShell.PlatyPS
        Import-Module (Get-Manifest)
        Update-MarkdownCommandHelp -Path "$PSScriptRoot/docs/en-US/*-*.md" -NoBackup
    }
    Analyze = {
        Import-Tool PSScriptAnalyzer
        $settings = "$PSScriptRoot/PSScriptAnalyzerSettings.psd1"
        $findings = "$PSScriptRoot/build.ps1", "$PSScriptRoot/RpiLive.psd1", "$PSScriptRoot/module", "$PSScriptRoot/tests" |
            ForEach-Object { Invoke-ScriptAnalyzer -Path $_ -Recurse -Settings $settings }
        $findings
        Invoke-DotNet format "$PSScriptRoot/RpiLive.slnx" --verify-no-changes
        if ($findings) {
            throw "PSScriptAnalyzer has $(@($findings).Count) findings."
        }
    }
    Package = { Compress-PSResource -Path (Split-Path (Get-Manifest)) -DestinationPath "$PSScriptRoot/output" }
}

foreach ($name in $Task) {
    & $run[$name]
}
