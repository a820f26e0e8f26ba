#Requires -Version 7.4

<#
.SYNOPSIS
    Runs the tasks of the project, in the order given.
.DESCRIPTION
    The build is MSBuild's: `dotnet build` alone makes the module and its package. This script adds what needs PowerShell.

    Build    dotnet build: the module in output/RpiLive/<version>, the package output/RpiLive.<version>.nupkg
    Test     dotnet test, then the tests of tests/*.Tests.ps1 with Pester in a new pwsh
    Analyze  PSScriptAnalyzer; that of the C# is part of the build
    Docs     brings docs/en-US up to date with the parameters of the built cmdlets
    Package  packs output/RpiLive/<version> as it lies there, signed files and all
    Publish  tells what it would push to a repository; pushes the package with -WhatIf:$false

    PowerShell modules that the tasks need are saved to output/tools in the versions below. Nothing is installed.
.PARAMETER Package
    The package to test, in place of the module in output/. It is unpacked and its cmdlets are tested; dotnet test is left out,
    since it tests what was built.
.PARAMETER Repository
    Where Publish pushes to: a repository that Get-PSResourceRepository knows. The key is read from RPILIVE_API_KEY.
.EXAMPLE
    ./build.ps1 -Task Build, Test
.EXAMPLE
    ./build.ps1 -Task Test -Package output/RpiLive.0.1.0.nupkg
.EXAMPLE
    ./build.ps1 -Task Publish -WhatIf:$false
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [ValidateSet('Build', 'Test', 'Analyze', 'Docs', 'Package', 'Publish')]
    [string[]] $Task = @('Build', 'Test'),

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [ValidateScript({ Test-Path -LiteralPath $_ -PathType Leaf }, ErrorMessage = 'There is no file {0}.')]
    [string] $Package,

    [string] $Repository = 'PSGallery'
)

$ErrorActionPreference = 'Stop'

# Only Publish looks at -WhatIf; the preference would keep the other tasks from working.
$publishes = $PSBoundParameters.ContainsKey('WhatIf') -and -not $PSBoundParameters['WhatIf']
$WhatIfPreference = $false

$output = "$PSScriptRoot/output"
$solution = "$PSScriptRoot/RpiLive.slnx"

# The versions that the tasks are known to work with.
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

# The manifest of a tool, which is fetched first if it is not there.
function Get-Tool([string] $Name) {
    $version = $tools[$Name]
    $manifest = "$output/tools/$Name/$version/$Name.psd1"
    if (-not (Test-Path -LiteralPath $manifest)) {
        $null = New-Item -ItemType Directory -Path "$output/tools" -Force
        Save-PSResource -Name $Name -Version $version -Repository PSGallery -TrustRepository -Path "$output/tools"
    }
    $manifest
}

function Get-Manifest {
    $manifests = @(Get-ChildItem -Path "$output/RpiLive/*/RpiLive.psd1")
    if ($manifests.Count -ne 1) {
        throw "output/RpiLive holds $($manifests.Count) versions. Run dotnet clean, then ./build.ps1 -Task Build."
    }
    $manifests[0].FullName
}

function Get-Package {
    $version = (Import-PowerShellDataFile -LiteralPath (Get-Manifest)).ModuleVersion
    Get-Item -LiteralPath "$output/RpiLive.$version.nupkg"
}

# Unpacks a package as a user does, from a repository, and returns the manifest in it.
function Expand-Package([string] $Path) {
    $folder = "$output/tested"
    $name = 'RpiLiveTested'
    if (Test-Path -LiteralPath $folder) {
        Remove-Item -LiteralPath $folder -Recurse
    }
    $source = New-Item -ItemType Directory -Path "$folder/repository"
    $modules = New-Item -ItemType Directory -Path "$folder/Modules"
    Copy-Item -LiteralPath $Path -Destination $source
    Register-PSResourceRepository -Name $name -Uri $source.FullName -Trusted -Force
    try {
        Save-PSResource -Name RpiLive -Repository $name -Path $modules.FullName
    }
    finally {
        Unregister-PSResourceRepository -Name $name
    }
    (Get-Item -Path "$modules/RpiLive/*/RpiLive.psd1").FullName
}

# In a new process, since the assemblies of a module stay in theirs.
function Invoke-PesterProcess([string] $Manifest) {
    $script = @"
        Import-Module '$(Get-Tool Pester)'
        `$settings = New-PesterConfiguration
        `$settings.Run.Path = '$PSScriptRoot/tests/*.Tests.ps1'
        `$settings.Run.Exit = `$true
        `$settings.Output.Verbosity = 'Detailed'
        Invoke-Pester -Configuration `$settings
"@
    $before = $env:RPILIVE_MODULE
    $env:RPILIVE_MODULE = $Manifest
    try {
        & pwsh -NoProfile -NonInteractive -Command $script
        if ($LASTEXITCODE -ne 0) {
            throw "Pester exited with $LASTEXITCODE."
        }
    }
    finally {
        $env:RPILIVE_MODULE = $before
    }
}

function Invoke-Test([string] $Configuration, [string] $Package) {
    if ($Package) {
        Invoke-PesterProcess (Expand-Package $Package)
    }
    else {
        Invoke-DotNet test --solution $solution --configuration $Configuration
        Invoke-PesterProcess (Get-Manifest)
    }
}

function Invoke-Analyze {
    Import-Module (Get-Tool PSScriptAnalyzer)
    $findings = @(
        foreach ($path in 'build.ps1', 'RpiLive.psd1', 'tests/*.ps1') {
            Invoke-ScriptAnalyzer -Path "$PSScriptRoot/$path" -Settings "$PSScriptRoot/PSScriptAnalyzerSettings.psd1"
        }
    )
    $findings
    if ($findings.Count -gt 0) {
        throw "PSScriptAnalyzer has $($findings.Count) findings."
    }
}

function Sync-Page {
    Import-Module (Get-Tool Microsoft.PowerShell.PlatyPS)
    Import-Module (Get-Manifest)
    Update-MarkdownCommandHelp -Path "$PSScriptRoot/docs/en-US/*-*.md" -NoBackup
}

# Whoever signs does it before, in output/RpiLive/<version>: RpiLive.psd1, RpiLive.Format.ps1xml and RpiLive*.dll.
function Compress-Module([string] $Configuration) {
    Invoke-DotNet msbuild "$PSScriptRoot/src/RpiLive/RpiLive.csproj" '-target:PackModule' "-property:Configuration=$Configuration"
    Get-Package
}

function Publish-Package {
    [CmdletBinding(SupportsShouldProcess)]
    param([string] $Repository)

    $path = (Get-Package).FullName
    if (-not $PSCmdlet.ShouldProcess($path, "Publish to $Repository")) {
        return
    }
    if (-not $env:RPILIVE_API_KEY) {
        throw 'RPILIVE_API_KEY is not set. Put the API key of the repository there.'
    }
    Publish-PSResource -NupkgPath $path -Repository $Repository -ApiKey $env:RPILIVE_API_KEY
}

foreach ($name in $Task) {
    switch ($name) {
        'Build' { Invoke-DotNet build $solution --configuration $Configuration }
        'Test' { Invoke-Test $Configuration $Package }
        'Analyze' { Invoke-Analyze }
        'Docs' { Sync-Page }
        'Package' { Compress-Module $Configuration }
        'Publish' { Publish-Package $Repository -WhatIf:(-not $publishes) }
    }
}
