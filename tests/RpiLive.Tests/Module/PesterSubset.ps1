# As much of Pester 5 as tests/*.Tests.ps1 use, so that they run on the bare engine too, which has neither Pester nor the
# modules that come with pwsh. Writes a line a test and at the end the totals. Dot-source it, then call Invoke-TestFile.

[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'The script scope is that of each test file.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'It takes the place of one that is not there.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', '', Justification = 'Pester names its parameters and sets $_ so.')]
param()

$global:block = $null
$global:totals = @{ passed = 0; failed = 0; skipped = 0 }

# Progress goes to standard error, which is for errors here.
$global:ProgressPreference = 'SilentlyContinue'

# Of Microsoft.PowerShell.Management, which is not there; deletes files that come down the pipeline.
function Remove-Item {
    param([Parameter(Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string] $LiteralPath)
    process { [System.IO.File]::Delete(($LiteralPath -replace '^.*::')) }
}

# Runs at once and where it stands, as in Pester, so that its variables are there for -ForEach and -Skip.
$alias:BeforeDiscovery = 'ForEach-Object'

function New-Block([string] $Name, [object] $Case) {
    @{ Name = $Name; Case = $Case; Before = @(); BeforeEach = @(); Tests = @(); Blocks = @() }
}

function BeforeAll([scriptblock] $Body) {
    $global:block.Before += $Body
}

function BeforeEach([scriptblock] $Body) {
    $global:block.BeforeEach += $Body
}

function Describe([string] $Name, [scriptblock] $Body, [object[]] $ForEach) {
    $parent = $global:block
    foreach ($case in $ForEach ? $ForEach : @($null)) {
        $global:block = New-Block $Name $case
        $null = $case | ForEach-Object $Body
        $parent.Blocks += $global:block
    }
    $global:block = $parent
}

function Context([string] $Name, [scriptblock] $Body) {
    Describe $Name $Body
}

function It([string] $Name, [scriptblock] $Body, [object[]] $ForEach, [switch] $Skip) {
    foreach ($case in $ForEach ? $ForEach : @($null)) {
        $global:block.Tests += @{ Name = $Name; Case = $case; Body = $Body; Skip = $Skip }
    }
}

# Runs scripts in one new scope, which has the case as $_ and each key of it as a variable.
function Invoke-InScope([object] $__case, [scriptblock[]] $__scripts) {
    if ($__case -is [hashtable]) {
        foreach ($__pair in $__case.GetEnumerator()) {
            $ExecutionContext.SessionState.PSVariable.Set($__pair.Key, $__pair.Value)
        }
    }
    $_ = $__case
    foreach ($__script in $__scripts) {
        . $__script
    }
}

function Invoke-Block([hashtable] $__block, [string] $__path, [object] $__outer, [scriptblock[]] $__each) {
    $__case = $null -ne $__block.Case ? $__block.Case : $__outer
    $__each += $__block.BeforeEach
    # Dot-sourced, for what BeforeAll defines is there for the tests and the blocks within.
    . Invoke-InScope $__case $__block.Before
    foreach ($__test in $__block.Tests) {
        $__name = "$__path/$($__test.Name)"
        if ($__test.Skip) {
            $global:totals.skipped++
            "SKIP $__name"
            continue
        }
        try {
            $null = Invoke-InScope ($null -ne $__test.Case ? $__test.Case : $__case) ($__each + $__test.Body)
            $global:totals.passed++
            "PASS $__name"
        }
        catch {
            $global:totals.failed++
            "FAIL $__name $($__test.Case -is [hashtable] ? $__test.Case.Values : $__test.Case): $_ $($_.ScriptStackTrace)"
        }
    }
    foreach ($__child in $__block.Blocks) {
        Invoke-Block $__child "$__path/$($__child.Name)" $__case $__each
    }
}

function Test-Same([object] $Actual, [object] $Expected) {
    if ($Actual.Count -ne $Expected.Count) {
        return $false
    }
    for ($i = 0; $i -lt $Actual.Count; $i++) {
        if (-not ($Actual[$i] -eq $Expected[$i])) {
            return $false
        }
    }
    $true
}

function Should {
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [switch] $Not,
        [string] $Because,
        $Be, $BeLike, $Match, $Contain, $HaveCount, $BeGreaterThan, $BeLessThan,
        [switch] $BeTrue, [switch] $BeFalse, [switch] $BeNullOrEmpty
    )
    begin {
        $all = [System.Collections.Generic.List[object]]::new()
    }
    process {
        $all.Add($Actual)
    }
    end {
        $one = if ($all.Count -eq 1) { $all[0] } else { $all.ToArray() }
        $check, $expected = switch ($PSBoundParameters.Keys) {
            'Be' { (Test-Same $all @($Be)), $Be }
            'BeLike' { ("$one" -like $BeLike), $BeLike }
            'Match' { ("$one" -match $Match), $Match }
            'Contain' { ($all -contains $Contain), $Contain }
            'HaveCount' { (@($all | Where-Object { $null -ne $_ }).Count -eq $HaveCount), $HaveCount }
            'BeGreaterThan' { ($one -gt $BeGreaterThan), $BeGreaterThan }
            'BeLessThan' { ($one -lt $BeLessThan), $BeLessThan }
            'BeTrue' { ($one -eq $true), 'true' }
            'BeFalse' { ($one -eq $false), 'false' }
            'BeNullOrEmpty' { ($all.Count -eq 0 -or ($all.Count -eq 1 -and ($null -eq $one -or '' -eq $one))), 'nothing' }
        }
        if ($null -eq $check) {
            throw "This subset of Pester does not know the assertion $($PSBoundParameters.Keys)."
        }
        if ($check -eq $Not.IsPresent) {
            throw "expected $(if ($Not) { 'not ' })'$expected', but got '$one' $Because"
        }
    }
}

function Invoke-TestFile([string] $Path, [string] $TestDrive) {
    $null = [System.IO.Directory]::CreateDirectory($TestDrive)
    $global:block = New-Block '' $null
    # In a scope of its own: as in Pester, what stands outside of BeforeAll is gone when the tests run.
    & $Path
    Invoke-Block $global:block ([System.IO.Path]::GetFileNameWithoutExtension($Path))
}
