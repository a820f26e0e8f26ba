# As much of Pester 5 as tests/*.Tests.ps1 use, so that they run on the bare engine too, which has neither Pester nor the
# modules that come with pwsh. Writes a line a test and at the end the totals. Dot-source it, then call Invoke-TestFile.

$global:block = $null
$global:totals = @{ passed = 0; failed = 0; skipped = 0 }

# Progress goes to standard error, which is for errors here.
$global:ProgressPreference = 'SilentlyContinue'

# Of Microsoft.PowerShell.Management, which is not there; deletes files that come down the pipeline.
function Remove-Item {
    param([Parameter(Mandatory, ValueFromPipelineByPropertyName)] [Alias('PSPath')] [string] $LiteralPath)
    process { [System.IO.File]::Delete(($LiteralPath -replace '^.*::')) }
}

function New-Block([string] $Name, [object] $Case) {
    @{ Name = $Name; Case = $Case; Before = @(); Tests = @(); Blocks = @() }
}

function BeforeAll([scriptblock] $Body) {
    $global:block.Before += $Body
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

function Invoke-Case([object] $Case, [scriptblock] $Body) {
    if ($Case -is [hashtable]) {
        foreach ($pair in $Case.GetEnumerator()) {
            $ExecutionContext.SessionState.PSVariable.Set($pair.Key, $pair.Value)
        }
    }
    . $Body
}

function Invoke-Block([hashtable] $__block, [string] $__path, [object] $__case) {
    $_ = if ($null -ne $__block.Case) { $__block.Case } else { $__case }
    foreach ($__before in $__block.Before) {
        . $__before
    }
    foreach ($__test in $__block.Tests) {
        $__name = "$__path/$($__test.Name)"
        if ($__test.Skip) {
            $global:totals.skipped++
            "SKIP $__name"
            continue
        }
        try {
            $null = Invoke-Case $__test.Case $__test.Body
            $global:totals.passed++
            "PASS $__name"
        }
        catch {
            $global:totals.failed++
            "FAIL $__name $($__test.Case.Values): $_ $($_.ScriptStackTrace)"
        }
    }
    foreach ($__child in $__block.Blocks) {
        Invoke-Block $__child "$__path/$($__child.Name)" $_
    }
}

function Should {
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [switch] $Not,
        [string] $Because,
        $Be, $BeLike, $Match, $Contain, $HaveCount, $BeGreaterThan,
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
            'Be' { ("$($all.Count)|$all" -eq "$(@($Be).Count)|$Be"), $Be }
            'BeLike' { ("$one" -like $BeLike), $BeLike }
            'Match' { ("$one" -match $Match), $Match }
            'Contain' { ($all -contains $Contain), $Contain }
            'HaveCount' { (@($all | Where-Object { $null -ne $_ }).Count -eq $HaveCount), $HaveCount }
            'BeGreaterThan' { ($one -gt $BeGreaterThan), $BeGreaterThan }
            'BeTrue' { ($one -eq $true), 'true' }
            'BeFalse' { ($one -eq $false), 'false' }
            'BeNullOrEmpty' { (@($all | Where-Object { $null -ne $_ -and '' -ne $_ }).Count -eq 0), 'nothing' }
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
    . $Path
    Invoke-Block $global:block ([System.IO.Path]::GetFileNameWithoutExtension($Path))
}
