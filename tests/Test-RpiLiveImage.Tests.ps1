BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Test-RpiLiveImage' {
    BeforeAll {
        $garbage = New-GarbageFile "$TestDrive" 'garbage.img'
    }

    It 'gives a report on a file that is no image' {
        $report = @(Test-RpiLiveImage $garbage)
        $report | Should -HaveCount 1
        $report[0].IsValid | Should -BeFalse
        $report[0].Failed | Should -BeGreaterThan 0
        $report[0].Checks[0].Result | Should -Be 'Failed'
        $report[0].Checks[0].Action | Should -Not -BeNullOrEmpty
    }

    It 'says yes or no with -Quiet' {
        Test-RpiLiveImage $garbage -Quiet | Should -BeFalse
    }

    It 'takes files from the pipeline' {
        [System.IO.FileInfo]::new($garbage) | Test-RpiLiveImage -Quiet | Should -BeFalse
    }

    It 'can be turned into JSON and back' -Skip:(-not (Get-Command ConvertTo-Json -ErrorAction Ignore)) {
        $report = Test-RpiLiveImage $garbage | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        $report.IsValid | Should -BeFalse
        $report.Checks[0].Result | Should -Be 'Failed'
    }

    It 'writes a file for build servers' {
        $path = [System.IO.Path]::Combine("$TestDrive", 'report.xml')
        $null = Test-RpiLiveImage $garbage -JUnitPath $path
        $xml = [xml][System.IO.File]::ReadAllText($path)
        $xml.testsuites.testsuite.name | Should -Be 'garbage.img'
        [int]$xml.testsuites.failures | Should -BeGreaterThan 0
    }

    It 'shows what is wrong, failures first' -Skip:(-not (Get-Command Out-String -ErrorAction Ignore)) {
        $text = Test-RpiLiveImage $garbage | Out-String
        $text | Should -BeLike '*garbage.img: NOT VALID*'
        $text | Should -BeLike '*Failed*PartitionTable*'
    }

    It 'refuses <Script>' -ForEach @(
        @{ Script = { Test-RpiLiveImage $garbage -Exclude Nothing }; Id = 'CheckMissing' }
        @{ Script = { Test-RpiLiveImage $garbage -Model 'Pi 7' }; Id = 'ModelMissing' }
        @{ Script = { Test-RpiLiveImage $garbage -QemuPath qemu }; Id = 'ParametersDisagree' }
    ) {
        $errors = @(Get-ScriptError $Script)
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.TestRpiLiveImageCommand"
    }

    It 'offers the ids of checks' {
        Get-Completion 'Test-RpiLiveImage -Exclude RamF' | Should -Be 'RamFit'
    }
}

Describe 'Test-RpiLiveImage on a live image, named by RPILIVE_LIVE_IMAGE' {
    It 'finds nothing that fails' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        $report = Get-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE | Test-RpiLiveImage
        @($report.Checks | Where-Object Result -EQ 'Failed' | ForEach-Object Message) | Should -BeNullOrEmpty
        $report.IsValid | Should -BeTrue
    }

    It 'judges boards' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        Test-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE -Category Fit -Model 'Pi 4B 2GB' -Quiet | Should -BeTrue
        Test-RpiLiveImage -LiteralPath $env:RPILIVE_LIVE_IMAGE -Category Fit -Model 'Pi Zero W' -Quiet | Should -BeFalse
    }
}
